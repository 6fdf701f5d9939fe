// hostile: a result that holds itself
// expect: INVALID_RESULT
// python: the same
const result = { list: [] };
result.list.push(result);
result;
