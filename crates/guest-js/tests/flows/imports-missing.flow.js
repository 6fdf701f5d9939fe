//: shape module
//: error {"code": "NOT_FOUND", "path": "imports-missing.flow.js", "line": 5, "column": 15, "message": "there is no file lib/beside to import", "hint": "Write './lib/beside.js': an import names the whole file."}
// './lib/beside' is missing its ending.
const before = 1;
import x from './lib/beside';
export default x;
