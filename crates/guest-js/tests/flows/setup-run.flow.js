//: shape setup
//: args {"name": "", "n": 2}
//: value {"text": "", "flag": true, "count": "42", "list": [1, 2], "missing": true}
function setup(flow) {
  flow.title("Greets");
  flow.describe("A flow of the second generation");
  flow.inText("name", "Name");
  flow.inNumber("n", "How often", { optional: true });
  flow.inImg("picture", "Picture", { optional: true });
  flow.outText("text");
  flow.outText("flag");
  flow.outText("count");
  flow.outText("list");
  flow.outText("missing");
}
async function run(services) {
  services.outputs("text", services.inputs.name);
  services.outputs("flag", true);
  services.outputs("count", "42");
  await new Promise((resolve) => setTimeout(resolve, 1));
  services.outputs("list", [1, services.inputs["n"]]);
  services.outputs("missing", services.inputs.picture === undefined && !("picture" in services.inputs));
}
