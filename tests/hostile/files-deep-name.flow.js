// hostile: a path of five hundred folders
// expect: OK|INVALID_PATH
// python: os.makedirs
export default async (flow) => {
  await flow.fs.write(`out/${'d/'.repeat(500)}x.txt`, '');
  return 1;
};
