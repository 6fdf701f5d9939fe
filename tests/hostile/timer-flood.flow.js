// hostile: timers without end in one turn
// expect: QUOTA_FUEL|QUOTA_MEMORY
// python: call_later in a loop
for (;;) setTimeout(() => {}, 1);
