//: shape module
//: error {"code": "INVALID_PATH", "line": 3, "column": 15}
import x from "../../etc/passwd";
export default x;
