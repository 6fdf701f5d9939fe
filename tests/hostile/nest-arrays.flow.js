// hostile: five thousand arrays in each other
// expect: LINT_FAILED
// generate: [5000, "[", "", "]"]
// python: '[' * 5000
const deep = GENERATED;
deep.length;
