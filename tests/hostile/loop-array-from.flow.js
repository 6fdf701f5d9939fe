// hostile: an array of as many items as a length can say
// expect: QUOTA_FUEL|QUOTA_MEMORY|RUNTIME_EXCEPTION
// python: [0 for _ in range(2**32)]
Array.from({ length: 2 ** 32 - 1 }, () => 0).length;
