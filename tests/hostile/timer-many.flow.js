// hostile: more timers than calls
// expect: QUOTA_CALLS
// python: the same
for (let n = 0; n < 2000; n += 1) setTimeout(() => {}, 1);
