//: error {"code": "RUNTIME_EXCEPTION", "message": "Error: outer", "line": 6}
let inner;
try {
  null.x;
} catch (error) {
  throw new Error("outer", { cause: error });
}
