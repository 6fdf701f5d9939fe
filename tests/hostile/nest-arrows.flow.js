// hostile: a thousand arrows in each other
// expect: LINT_FAILED
// generate: [1000, "()=>", "1", ""]
// python: nested lambdas
const deep = GENERATED;
typeof deep;
