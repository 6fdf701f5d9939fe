//: shape module
//: value "NOT_FOUND"
export default async (flow) => {
  await flow.fs.write("report.md", "# R");
  await flow.artifact("report.md");
  flow.progress(1, 2, "half");
  flow.progress(2);
  return (await flow.artifact("nope.md").catch((error) => error)).code;
};
