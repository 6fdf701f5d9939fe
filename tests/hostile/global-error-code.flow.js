// hostile: an error that says it is a quota
// expect: RUNTIME_EXCEPTION
// python: an exception with a code
const error = new Error('forged');
error.code = 'QUOTA_CPU';
error.hint = 'Give it more.';
throw error;
