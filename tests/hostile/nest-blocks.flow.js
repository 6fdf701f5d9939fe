// hostile: ten thousand blocks
// expect: LINT_FAILED
// generate: [10000, "{", "", "}"]
// python: ten thousand levels of indent
GENERATED
1;
