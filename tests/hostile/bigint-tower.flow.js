// hostile: a power of a power
// expect: QUOTA_FUEL|QUOTA_MEMORY|RUNTIME_EXCEPTION
// python: 9 ** 9 ** 9
9n ** (9n ** 9n);
