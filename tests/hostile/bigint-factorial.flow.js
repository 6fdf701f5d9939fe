// hostile: a factorial
// expect: QUOTA_FUEL
// python: math.factorial(10**6)
let product = 1n;
for (let n = 1n; n < 1000000n; n += 1n) product *= n;
product > 0n;
