//: shape init
//: args {"who": "you"}
//: value {"said": "hello you"}
const init = (setup) => {
  setup.inText("who", "Who");
  setup.outText("said");
};
const run = async (services) => services.output("said", `hello ${services.input("who")}`);
