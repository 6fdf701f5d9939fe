// hostile: an error with a long name
// expect: RUNTIME_EXCEPTION
// python: a class with a long __name__
const error = new Error('short');
error.name = 'N'.repeat(400000);
throw error;
