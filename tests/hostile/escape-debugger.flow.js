// hostile: a stop for a debugger that is not there
// expect: OK
// value: 1
// python: breakpoint()
debugger;
1;
