// hostile: the environment of the machine
// expect: OK
// value: [0, true]
// python: os.environ
const result = [Object.keys(flow.env).length, flow.env.PATH === undefined];
result;
