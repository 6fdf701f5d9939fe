// hostile: a timer whose function does not come back
// expect: QUOTA_FUEL
// python: the same
setTimeout(() => {
  for (;;) {}
}, 1);
