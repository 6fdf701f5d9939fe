//: error {"code": "RUNTIME_EXCEPTION", "message": "Error: tick", "line": 3}
const keep = new Promise(() => {});
setTimeout(() => { throw new Error("tick"); }, 1);
keep;
