// hostile: a walk along a map whose entry always moves to its end
// expect: QUOTA_FUEL|QUOTA_MEMORY
const map = new Map([[0, 0]]);
for (const [key] of map) {
  map.delete(key);
  map.set(key + 1, 0);
}
