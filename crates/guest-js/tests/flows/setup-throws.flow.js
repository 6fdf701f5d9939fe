//: shape setup
//: error {"code": "RUNTIME_EXCEPTION", "message": "Error: run failed", "line": 4, "path": "setup-throws.flow.js"}
function setup() {}
async function run() { await null; throw new Error("run failed"); }
