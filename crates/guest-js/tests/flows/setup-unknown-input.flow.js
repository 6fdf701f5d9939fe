//: shape setup
//: args {"name": "x"}
//: error {"code": "INVALID_INPUT", "message": "there is no input 'nmae'", "line": 5}
function setup(flow) { flow.inText("name", "Name"); }
function run(services) { return services.inputs.nmae; }
