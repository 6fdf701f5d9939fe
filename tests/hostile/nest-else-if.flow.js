// hostile: ten thousand branches
// expect: LINT_FAILED
// generate: [10000, "if (0) {} else ", "{}", ""]
// python: elif
GENERATED
1;
