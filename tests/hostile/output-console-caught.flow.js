// hostile: a catch around every line of output
// expect: QUOTA_OUTPUT
// python: except BaseException: pass
for (;;) {
  try {
    console.error('x'.repeat(1000));
  } catch {
    // Go on.
  }
}
