// hostile: a path of five hundred folders
// expect: OK|INVALID_PATH
// python: os.makedirs
const write = async (flow, path) => await flow.fs.write(path, '');
export default async (flow) => {
  await write(flow, `out/${'d/'.repeat(500)}x.txt`);
  return 1;
};
