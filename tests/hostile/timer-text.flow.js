// hostile: a timer with code as text
// expect: LINT_FAILED
setTimeout('throw 1', 1);
