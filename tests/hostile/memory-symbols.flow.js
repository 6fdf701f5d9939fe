// hostile: symbols that can never be forgotten
// expect: QUOTA_MEMORY|QUOTA_FUEL
// limits: {"fuelMax": 200000000}
// python: sys.intern
for (let n = 0; ; n += 1) Symbol.for(`symbol ${n}`);
