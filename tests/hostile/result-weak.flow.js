// hostile: a result with a weak map in it
// expect: INVALID_RESULT
const result = [new WeakMap()];
result;
