//: shape module
//: value null
//: log debug Trace: here 1\n    at make (console-errors.flow.js:8:16)\n    at default (console-errors.flow.js:10:44)
//: log info TypeError: bad\n    at make (console-errors.flow.js:7:25)\n    at default (console-errors.flow.js:10:44) { status: 404 }\n  [cause]: 'why'
function make() {
  const emoji = "😀"; "😀";
  const error = "😀" && new TypeError("bad", { cause: "why" });
  console.trace("here", 1);
  return Object.assign(error, { status: 404 }); }
export default async () => { const e = make(); console.log(e); };
