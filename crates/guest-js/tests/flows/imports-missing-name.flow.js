//: shape module
//: error {"code": "RUNTIME_EXCEPTION"}
import { nothing } from "./lib/beside.js";
export default nothing;
