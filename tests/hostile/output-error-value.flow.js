// hostile: a throw of a large object
// expect: RUNTIME_EXCEPTION
// python: raise with large arguments
throw Array.from({ length: 10000 }, () => 'x'.repeat(10));
