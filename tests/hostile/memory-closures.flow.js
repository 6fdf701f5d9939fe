// hostile: functions that remember
// expect: QUOTA_MEMORY|QUOTA_FUEL
// limits: {"fuelMax": 200000000}
// python: closures
const kept = [];
for (let n = 0; ; n += 1) {
  const text = `text ${n}`.repeat(100);
  kept.push(() => text);
}
