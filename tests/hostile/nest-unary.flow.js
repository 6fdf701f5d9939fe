// hostile: twenty thousand signs before a value
// expect: LINT_FAILED
// generate: [20000, "!", "1", ""]
// python: 'not ' * 20000
const deep = GENERATED;
deep;
