// hostile: twenty thousand calls of what a call gave
// expect: LINT_FAILED
// generate: [20000, "", "", "()"]
// python: '()' * 20000
const f = () => f;
const deep = () => fGENERATED;
typeof deep;
