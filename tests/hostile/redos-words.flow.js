// hostile: the pattern of a trimmed list of words
// expect: QUOTA_FUEL|QUOTA_STACK
// python: re.match(r'^(\w+\s?)*$', …)
/^(\w+\s?)*$/.test('word '.repeat(12) + 'w!');
