//: error {"code": "INVALID_RESULT", "message": "result[\"odd key\"] is a symbol, which has no form outside the run"}
({ "odd key": Symbol("s") });
