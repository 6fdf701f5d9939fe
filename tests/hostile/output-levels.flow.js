// hostile: every level at once
// expect: QUOTA_OUTPUT
// python: logging
for (;;) {
  console.debug('d'.repeat(500));
  console.warn('w'.repeat(500));
  console.table([['t'.repeat(500)]]);
}
