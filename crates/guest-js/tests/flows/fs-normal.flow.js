//: shape module
//: value ["one", ["caf\u00e9.txt"], "two"]
//: wrote café.txt "two"
// One name in two writings is one file, as it is in the workspace.
export default async (flow) => {
  await flow.fs.write("cafe\u0301.txt", "one");
  const found = await flow.fs.read("caf\u00e9.txt");
  const names = (await flow.fs.list("/")).map((entry) => entry.name).filter((name) => name.startsWith("caf"));
  await flow.fs.write("caf\u00e9.txt", "two");
  return [found, names, await flow.fs.read("/cafe\u0301.txt")];
};
