//: shape module
//: error {"code": "LINT_FAILED", "path": "lib/broken.json", "line": 2, "column": 8}
import x from "./lib/broken.json";
export default x;
