// hostile: a back-reference to a group that can match in many ways
// expect: QUOTA_FUEL|QUOTA_STACK
// python: the same pattern
/^(a*)*\1b$/.test('a'.repeat(40));
