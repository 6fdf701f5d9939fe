// hostile: an error with a long message
// expect: RUNTIME_EXCEPTION
// python: raise Exception('x' * 400000)
throw new Error('x'.repeat(400000));
