// hostile: a world that is frozen
// expect: OK
// value: {"a": [1], "url": "function"}
Object.freeze(globalThis);
Object.freeze(Object.prototype);
Object.freeze(Array.prototype);
const url = typeof URL;
const result = { a: [1], url };
result;
