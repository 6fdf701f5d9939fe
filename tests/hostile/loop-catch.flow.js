// hostile: a catch for whatever stops a loop
// expect: QUOTA_FUEL
// python: except BaseException: pass
for (;;) {
  try {
    for (;;) {}
  } catch {
    // Go on.
  }
}
