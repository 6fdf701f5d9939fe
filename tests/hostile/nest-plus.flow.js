// hostile: fifty thousand additions
// expect: LINT_FAILED
// generate: [50000, "1+", "1", ""]
// python: '1+' * 50000
const deep = GENERATED;
deep;
