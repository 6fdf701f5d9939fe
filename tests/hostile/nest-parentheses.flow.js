// hostile: five thousand parentheses
// expect: LINT_FAILED
// generate: [5000, "(", "1", ")"]
// python: '(' * 5000 + '1' + ')' * 5000
const deep = GENERATED;
deep;
