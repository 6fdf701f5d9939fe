// hostile: a comparison that does not come back
// expect: QUOTA_FUEL
// python: sorted([3, 1, 2], key=cmp_to_key(spin))
[3, 1, 2].sort(() => {
  for (;;) {}
});
