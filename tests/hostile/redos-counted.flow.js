// hostile: counted groups in counted groups
// expect: QUOTA_FUEL|QUOTA_STACK
// python: the same pattern
/^(?:(?:(?:a{1,30}){1,30}){1,30}){1,30}$/.test('a'.repeat(5000) + '!');
