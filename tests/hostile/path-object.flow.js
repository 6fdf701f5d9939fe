// hostile: a path that is another one when it is read again
// expect: RUNTIME_EXCEPTION
// python: __fspath__ that changes
let reads = 0;
const path = { toString: () => (reads++ === 0 ? 'data/a.csv' : '../secret.txt') };
export default async (flow) => await flow.fs.read(path);
