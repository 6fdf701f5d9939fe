//: shape module
//: error {"code": "LINT_FAILED", "path": "lib/broken.js", "line": 2, "column": 19}
import x from "./lib/broken.js";
export default x;
