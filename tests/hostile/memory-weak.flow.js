// hostile: weak keys that are never let go
// expect: QUOTA_MEMORY|QUOTA_FUEL
// limits: {"fuelMax": 200000000}
// python: weakref
const kept = [];
const weak = new WeakMap();
for (;;) {
  const key = {};
  kept.push(key);
  weak.set(key, [key]);
}
