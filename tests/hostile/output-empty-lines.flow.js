// hostile: lines without a letter
// expect: QUOTA_CALLS
// python: print('', end='')
for (;;) console.log('');
