//: error {"code": "INVALID_RESULT", "message": "result.w is a WeakMap, which has no form outside the run"}
({ w: new WeakMap() });
