// hostile: a result with a function in it
// expect: INVALID_RESULT
// python: a lambda
const result = { run: () => 1 };
result;
