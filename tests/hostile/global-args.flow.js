// hostile: arguments with a name that is no name
// expect: OK
// args: {"__proto__": {"polluted": true}}
// value: [["__proto__"], true]
const result = [Object.keys(flow.args), {}.polluted === undefined];
result;
