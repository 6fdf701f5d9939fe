// hostile: a shift by a gigabit
// expect: QUOTA_MEMORY|RUNTIME_EXCEPTION
// python: 1 << 1000000000
(1n << 1000000000n) > 0n;
