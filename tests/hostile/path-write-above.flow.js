// hostile: a write above the workspace by way of a folder
// expect: INVALID_PATH
// python: the same
export default async (flow) => await flow.fs.write('out/../../secret.txt', 'x');
