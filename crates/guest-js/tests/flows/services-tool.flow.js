//: shape setup
//: tool img {"ok": {"file": "cat.png"}}
//: value "cat.png"
function setup() {}
async function run(services) { return (await services.img({ prompt: "a cat" })).file; }
