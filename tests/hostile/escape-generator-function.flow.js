// hostile: code from text by the constructor of generators
// expect: RUNTIME_EXCEPTION
Object.getPrototypeOf(function* () {})['construct' + 'or']('yield 1')().next();
