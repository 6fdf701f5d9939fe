// hostile: a catch around every request for memory
// expect: QUOTA_MEMORY
// limits: {"fuelMax": 100000000}
// python: except MemoryError: pass
const kept = [];
for (let n = 0; ; n += 1) {
  try {
    kept.push(`${n}`.repeat(200000));
  } catch {
    // Go on.
  }
}
