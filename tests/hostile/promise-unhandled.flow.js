// hostile: a rejection that nobody handles
// expect: RUNTIME_EXCEPTION
// python: a task that nobody awaits raises
Promise.reject(new Error('unheard'));
1;
