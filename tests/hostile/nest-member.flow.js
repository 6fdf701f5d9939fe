// hostile: twenty thousand members of each other
// expect: LINT_FAILED
// generate: [20000, "a.", "b", ""]
// python: 'a.' * 20000
const a = { };
const deep = () => GENERATED;
typeof deep;
