// hostile: many dots with stars on a long line
// expect: QUOTA_FUEL|QUOTA_STACK
// python: re.search(r'.*.*.*.*.*=.*;', 'x' * 3000)
/.*.*.*.*.*=.*;/s.test('x'.repeat(3000));
