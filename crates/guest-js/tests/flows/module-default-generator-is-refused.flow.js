//: shape module
//: error {"code": "INVALID_RESULT", "message": "result is a generator (spread it into an array first), which has no form outside the run"}
export default function* () { yield 1; }
