// hostile: Error.prepareStackTrace that does not come back
// expect: RUNTIME_EXCEPTION
Error.prepareStackTrace = () => {
  for (;;) {}
};
throw new Error('traced');
