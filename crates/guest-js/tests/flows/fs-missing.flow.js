//: shape module
//: error {"code": "NOT_FOUND", "message": "there is no file no.txt", "path": "fs-missing.flow.js", "line": 5}
export default async (flow) => {
  const x = 1;
  return await flow.fs.read("no.txt");
};
