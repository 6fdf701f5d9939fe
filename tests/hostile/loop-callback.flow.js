// hostile: a loop inside the callback of a native function
// expect: QUOTA_FUEL
// python: list(map(spin, [1]))
[1].forEach(() => {
  for (;;) {}
});
