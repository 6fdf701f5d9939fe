//: shape setup
//: error {"code": "INVALID_INPUT", "message": "there is no output 'result'", "hint": "None is declared."}
function setup() {}
function run(services) { services.output("result", 1); }
