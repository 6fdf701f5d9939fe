// hostile: a result with a symbol in it
// expect: INVALID_RESULT
const result = [Symbol('s')];
result;
