// hostile: two ways to match the same text
// expect: QUOTA_FUEL|QUOTA_STACK
// python: re.match(r'^(a|aa)+$', …)
/^(a|aa)+$/.test('a'.repeat(60) + '!');
