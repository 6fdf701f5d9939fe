// hostile: a read above the workspace
// expect: INVALID_PATH
// python: open('../secret.txt')
export default async (flow) => await flow.fs.read('../secret.txt');
