// hostile: five thousand objects in each other
// expect: LINT_FAILED
// generate: [5000, "{a:", "1", "}"]
// python: '{1:' * 5000
const deep = GENERATED;
deep.a;
