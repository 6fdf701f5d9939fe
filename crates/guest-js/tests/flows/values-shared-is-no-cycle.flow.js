//: value [{"x": 1}, {"x": 1}]
const shared = { x: 1 };
[shared, shared];
