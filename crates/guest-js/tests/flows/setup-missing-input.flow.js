//: shape setup
//: error {"code": "INVALID_INPUT", "message": "the input 'name' is missing", "hint": "Pass it in args. Declared are: name."}
function setup(flow) { flow.inText("name", "Name"); }
function run() { return 1; }
