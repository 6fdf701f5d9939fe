//: shape setup
//: error {"code": "UNKNOWN_TOOL", "message": "no service 'img' is available: there is no tool 'img'", "line": 4}
function setup() {}
async function run(services) { return services.img("a cat"); }
