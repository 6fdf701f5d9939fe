//: shape module
//: value ["ab", "ba", "me"]
import { both } from "./lib/cycle-a.js";
import { back } from "./lib/cycle-b.js";
import * as self from "./imports-cycle.flow.js";
export const me = "me";
export default () => [both(), back(), self.me];
