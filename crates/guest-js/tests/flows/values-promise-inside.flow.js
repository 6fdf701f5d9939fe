//: error {"code": "INVALID_RESULT", "message": "result.later is a promise (await it first), which has no form outside the run"}
({ later: Promise.resolve(1) });
