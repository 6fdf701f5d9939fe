// hostile: two loops, of which the inner one always goes back to the outer
// expect: QUOTA_FUEL
outer: for (;;) {
  for (;;) continue outer;
}
