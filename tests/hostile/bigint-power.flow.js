// hostile: a power with millions of digits
// expect: QUOTA_FUEL|QUOTA_MEMORY
// python: 7 ** 3000000
7n ** 3000000n;
