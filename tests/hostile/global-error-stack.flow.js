// hostile: a stack that is a getter
// expect: RUNTIME_EXCEPTION|QUOTA_FUEL
// python: __traceback__
const error = new Error('getter');
Object.defineProperty(error, 'stack', {
  get: () => {
    for (;;) {}
  },
});
throw error;
