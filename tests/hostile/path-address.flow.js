// hostile: a path that is an address
// expect: NOT_FOUND
// python: open('file:///etc/passwd')
export default async (flow) => await flow.fs.read('file:///etc/passwd');
