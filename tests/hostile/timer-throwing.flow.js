// hostile: a timer whose function throws
// expect: RUNTIME_EXCEPTION
// python: the same
setTimeout(() => {
  throw new Error('rung');
}, 1);
