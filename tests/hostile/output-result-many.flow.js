// hostile: a result of many small values
// expect: QUOTA_OUTPUT
// python: list(range(30000))
Array.from({ length: 30000 }, (_, index) => index);
