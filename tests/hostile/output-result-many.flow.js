// hostile: a result of many small values
// expect: QUOTA_OUTPUT
// python: list(range(100000))
Array.from({ length: 100000 }, (_, index) => index);
