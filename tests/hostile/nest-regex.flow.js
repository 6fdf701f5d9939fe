// hostile: five thousand groups in a regular expression
// expect: LINT_FAILED
// generate: [5000, "(", "a", ")"]
// python: re.compile
const deep = /GENERATED/;
deep.test('a');
