// hostile: an error with a megabyte of name
// expect: RUNTIME_EXCEPTION
// python: a class with a long __name__
const error = new Error('short');
error.name = 'N'.repeat(1000000);
throw error;
