// hostile: two thousand patterns in a destructuring
// expect: LINT_FAILED
// generate: [2000, "[", "a", "]"]
// python: unpacking
const GENERATED = [];
typeof a;
