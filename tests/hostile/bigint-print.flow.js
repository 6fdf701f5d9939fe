// hostile: the decimal digits of a large number
// expect: QUOTA_FUEL|QUOTA_OUTPUT
// python: str(1 << 4000000)
(1n << 4000000n).toString().length;
