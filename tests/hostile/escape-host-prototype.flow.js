// hostile: the prototypes behind the host's objects
// expect: OK
// value: [2, true]
const chain = [];
for (let at = flow.fs; at; at = Object.getPrototypeOf(at)) chain.push(at);
const result = [chain.length, chain[1] === Object.prototype];
result;
