// hostile: a method of the API on something else
// expect: RUNTIME_EXCEPTION
Object.getOwnPropertyDescriptor(AbortSignal.prototype, 'aborted').get.call({});
