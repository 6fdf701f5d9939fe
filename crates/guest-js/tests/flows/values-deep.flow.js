//: error {"code": "INVALID_RESULT"}
let deep = [];
for (let i = 0; i < 200; i++) deep = [deep];
deep;
