// hostile: a throw of a proxy that throws
// expect: RUNTIME_EXCEPTION
throw new Proxy(new Error('inner'), {
  get: () => {
    throw new Error('trap');
  },
  getPrototypeOf: () => {
    throw new Error('trap');
  },
});
