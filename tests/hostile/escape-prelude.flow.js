// hostile: keys that the API keeps for itself
// expect: OK
// value: ["undefined", "undefined", 0]
const result = [typeof AbortSignal.end, typeof Response.fetched, Object.getOwnPropertySymbols(new Error('x')).length];
result;
