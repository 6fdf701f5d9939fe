// hostile: one line of ten megabytes
// expect: QUOTA_OUTPUT
// python: print('x' * 10**7)
console.log('x'.repeat(10000000));
