// hostile: a quantifier in a quantifier
// expect: QUOTA_FUEL|QUOTA_STACK
// python: re.match(r'^(a+)+$', 'a' * 40 + '!')
/^(a+)+$/.test('a'.repeat(40) + '!');
