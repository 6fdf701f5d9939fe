// hostile: typed arrays that are kept
// expect: QUOTA_MEMORY|RUNTIME_EXCEPTION
// limits: {"fuelMax": 50000000}
// python: array.array
const kept = [];
for (;;) kept.push(new Float64Array(100000));
