// hostile: a number of two million digits
// expect: QUOTA_FUEL|QUOTA_MEMORY
// python: int('9' * 2000000)
BigInt('9'.repeat(2000000)) > 0n;
