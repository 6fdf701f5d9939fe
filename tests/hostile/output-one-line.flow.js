// hostile: one line that is longer than all output may be
// expect: QUOTA_OUTPUT
// python: print('x' * 400000)
console.log('x'.repeat(400000));
