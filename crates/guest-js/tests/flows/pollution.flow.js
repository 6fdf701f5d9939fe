//: shape module
//: value [{"a": 1}, "ok"]
// A flow that breaks the built-ins breaks itself, and not the way its result is told.
export default async (flow) => {
  Object.keys = Array.isArray = JSON.stringify = () => { throw new Error("broken"); };
  Object.getOwnPropertyDescriptor = undefined;
  Object.prototype.then = undefined;
  console.log({ x: 1 });
  await flow.fs.write("x.json", { a: 1 });
  return [await flow.fs.readJSON("x.json"), "ok"];
};
