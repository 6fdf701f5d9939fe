// hostile: a set that grows
// expect: QUOTA_MEMORY|QUOTA_FUEL
// limits: {"fuelMax": 200000000}
// python: a set
const kept = new Set();
for (;;) kept.add(`${kept.size}`);
