// hostile: long division, again and again
// expect: QUOTA_FUEL
// python: the same with %
let rest = (1n << 400000n) - 1n;
const divisor = (1n << 200000n) + 1n;
for (;;) rest = (rest % divisor) * divisor + 7n;
