//: error {"code": "STALLED"}
new Promise(() => {});
