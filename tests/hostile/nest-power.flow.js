// hostile: twenty thousand powers, which group to the right
// expect: LINT_FAILED
// generate: [20000, "1**", "1", ""]
// python: '1**' * 20000
const deep = GENERATED;
deep;
