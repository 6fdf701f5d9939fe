//: shape setup
//: args {"n": "2"}
//: error {"code": "INVALID_INPUT", "message": "the input 'n' is a number, and string was passed"}
function setup(flow) { flow.inNumber("n", "N"); }
function run() {}
