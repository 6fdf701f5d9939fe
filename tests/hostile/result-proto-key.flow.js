// hostile: a result with a key that is no key
// expect: OK
// value: {"__proto__": {"polluted": true}, "constructor": 1}
// python: the same
const result = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}');
result;
