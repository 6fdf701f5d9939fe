//: error {"code": "QUOTA_STACK"}
const down = () => [1].forEach(down);
down();
