// hostile: an object with ever new names
// expect: QUOTA_MEMORY|QUOTA_FUEL
// limits: {"fuelMax": 200000000}
// python: setattr
const kept = {};
for (let n = 0; ; n += 1) kept[`name${n}`] = n;
