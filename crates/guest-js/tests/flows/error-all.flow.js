//: shape module
//: error {"code": "RUNTIME_EXCEPTION", "message": "AggregateError: none"}
export default async () => { throw new AggregateError([new Error("a")], "none"); };
