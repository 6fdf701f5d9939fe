// hostile: a read of the machine's files
// expect: NOT_FOUND
// python: open('/etc/passwd')
export default async (flow) => await flow.fs.read('/etc/passwd');
