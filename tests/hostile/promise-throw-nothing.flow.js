// hostile: a throw of undefined
// expect: RUNTIME_EXCEPTION
// python: raise of what is no exception
throw undefined;
