// hostile: eval by another name
// expect: RUNTIME_EXCEPTION
// python: builtins.eval
globalThis['ev' + 'al']('1 + 1');
