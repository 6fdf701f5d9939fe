//: error {"code": "INVALID_RESULT", "message": "result.list[1].call is a function, which has no form outside the run"}
({ list: [1, { call() {} }] });
