// hostile: code from text by the constructor of every function
// expect: RUNTIME_EXCEPTION
// python: types.FunctionType
(() => {})['construct' + 'or']('return 1')();
