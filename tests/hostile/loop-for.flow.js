// hostile: a loop without a condition
// expect: QUOTA_FUEL
// python: for _ in iter(int, 1): pass
for (;;) {}
