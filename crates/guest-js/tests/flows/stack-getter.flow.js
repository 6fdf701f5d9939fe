//: error {"code": "QUOTA_STACK"}
const o = { get x() { return this.x; } };
o.x;
