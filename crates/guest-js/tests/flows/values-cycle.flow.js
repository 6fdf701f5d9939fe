//: error {"code": "INVALID_RESULT", "message": "result.a.b is a cycle: it is an object above itself, which has no form outside the run"}
const o = { a: {} };
o.a.b = o;
o;
