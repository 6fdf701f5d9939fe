// hostile: two thousand templates in each other
// expect: LINT_FAILED
// generate: [2000, "`${", "1", "}`"]
// python: nested f-strings
const deep = GENERATED;
deep;
