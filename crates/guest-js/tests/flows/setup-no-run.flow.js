//: shape setup
//: error {"code": "LINT_FAILED", "message": "the flow has no function run(services)"}
function setup() {}
