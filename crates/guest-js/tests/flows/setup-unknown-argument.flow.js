//: shape setup
//: args {"nmae": "x"}
//: error {"code": "INVALID_INPUT", "message": "there is no input 'nmae'"}
function setup(flow) { flow.inText("name", "Name", { optional: true }); }
function run() {}
