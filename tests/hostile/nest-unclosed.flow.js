// hostile: twenty thousand brackets that nobody closes
// expect: LINT_FAILED
// generate: [20000, "(", "", ""]
// python: '(' * 20000
GENERATED
