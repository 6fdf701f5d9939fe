// hostile: a console without end
// expect: QUOTA_OUTPUT
// python: while True: print('x' * 1000)
for (;;) console.log('x'.repeat(1000));
