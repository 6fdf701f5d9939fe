// hostile: a message that is a getter
// expect: RUNTIME_EXCEPTION|QUOTA_FUEL
// python: __str__ that spins
const error = new Error('getter');
Object.defineProperty(error, 'message', {
  get: () => {
    for (;;) {}
  },
});
throw error;
