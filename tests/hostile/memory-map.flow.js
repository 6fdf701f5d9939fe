// hostile: a map that grows
// expect: QUOTA_MEMORY|QUOTA_FUEL
// limits: {"fuelMax": 200000000}
// python: a dict
const kept = new Map();
for (;;) kept.set(kept.size, `value ${kept.size}`);
