//: error {"code": "RUNTIME_EXCEPTION", "message": "Error: from the getter", "line": 3}
({
  get bad() { throw new Error("from the getter"); },
});
