//: error {"code": "RUNTIME_EXCEPTION", "message": "Error: lost", "line": 3, "hint": "A promise was rejected and nobody awaited it: put await before the call, or add .catch."}

const lose = async () => { throw new Error("lost"); };
lose();
"the result is not reached";
