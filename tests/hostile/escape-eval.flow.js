// hostile: eval, in plain sight
// expect: LINT_FAILED
// python: eval('1 + 1')
eval('1 + 1');
