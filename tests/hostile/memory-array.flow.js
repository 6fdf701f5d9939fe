// hostile: an array that grows
// expect: QUOTA_MEMORY|QUOTA_FUEL
// limits: {"fuelMax": 200000000}
// python: xs.append(len(xs))
const kept = [];
for (;;) kept.push(kept.length);
