// hostile: code from text by the constructor of async functions
// expect: RUNTIME_EXCEPTION
Object.getPrototypeOf(async () => {})['construct' + 'or']('return 1')();
