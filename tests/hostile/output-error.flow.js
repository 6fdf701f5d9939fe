// hostile: an error with ten megabytes of message
// expect: RUNTIME_EXCEPTION
// python: raise Exception('x' * 10**7)
throw new Error('x'.repeat(10000000));
