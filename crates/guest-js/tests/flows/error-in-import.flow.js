//: shape module
//: error {"code": "RUNTIME_EXCEPTION", "message": "ReferenceError: missing is not defined", "path": "lib/throws.js", "line": 2, "column": 10}
import { thrower } from "./lib/throws.js";
export default async () => { await null; thrower(); };
