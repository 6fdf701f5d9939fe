// hostile: objects that are kept
// expect: QUOTA_MEMORY|QUOTA_FUEL
// limits: {"fuelMax": 200000000}
// python: the same
const kept = [];
for (;;) kept.push({ index: kept.length, more: [1, 2, 3] });
