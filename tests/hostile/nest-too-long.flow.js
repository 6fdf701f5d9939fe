// hostile: a text of three million characters
// expect: LINT_FAILED
// generate: [3000000, "x", "", ""]
// python: the same
const text = 'GENERATED';
text.length;
