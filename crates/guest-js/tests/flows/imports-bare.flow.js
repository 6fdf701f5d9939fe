//: shape module
//: error {"code": "LINT_FAILED", "path": "imports-bare.flow.js", "line": 3, "column": 21, "message": "the import 'lodash' names no file"}
import { sum } from "lodash";
export default sum([1]);
