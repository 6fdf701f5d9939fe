// hostile: a way up with backslashes
// expect: INVALID_PATH
// python: the same
export default async (flow) => await flow.fs.read('out\\..\\..\\secret.txt');
