// hostile: code from text by the constructor of a host's function
// expect: RUNTIME_EXCEPTION
flow.fs.read['construct' + 'or']('return globalThis')();
