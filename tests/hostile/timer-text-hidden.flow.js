// hostile: a timer with code as text that lint does not see
// expect: RUNTIME_EXCEPTION
const later = (code) => setTimeout(code, 1);
later(`throw ${1}`);
