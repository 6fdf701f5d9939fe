// hostile: an array of four thousand million holes
// expect: QUOTA_FUEL|QUOTA_MEMORY|QUOTA_OUTPUT|INVALID_RESULT
// python: a sparse list
const result = [];
result[2 ** 32 - 2] = 1;
result;
