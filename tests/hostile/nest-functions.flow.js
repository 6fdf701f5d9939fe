// hostile: a thousand functions in each other
// expect: LINT_FAILED
// generate: [1000, "(function(){", "", "})"]
// python: nested lambdas
const deep = GENERATED;
typeof deep;
