//: shape module
//: value ["beside", "root", {"from": "json"}, {"from": "json"}, "later"]
import beside from "./lib/beside.js";
import { root } from "/lib/beside.js";
import data from "./lib/data.json" with { type: "json" };
import again from "/lib/data.json";
export default async () => [beside, root, data, again, (await import("./lib/later.mjs")).default];
