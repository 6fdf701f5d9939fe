//: error {"code": "RUNTIME_EXCEPTION", "message": "TypeError: bad 😀", "path": "error-throw.flow.js", "line": 3, "column": 30, "stack": "    at inner (error-throw.flow.js:3:30)\n    at outer (error-throw.flow.js:5:28)\n    at <main> (error-throw.flow.js:6:6)"}
function inner() {
  const before = "😀"; throw new TypeError("bad 😀");
}
const outer = () => { inner(); };
outer();
