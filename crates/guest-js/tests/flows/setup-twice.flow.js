//: shape setup
//: error {"code": "RUNTIME_EXCEPTION", "message": "TypeError: the input 'a' is declared twice", "line": 3}
function setup(flow) { flow.inText("a"); flow.inText("a"); }
function run() {}
