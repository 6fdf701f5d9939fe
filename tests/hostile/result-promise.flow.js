// hostile: a result with a promise in it
// expect: INVALID_RESULT
// python: a coroutine
const result = { later: Promise.resolve(1) };
result;
