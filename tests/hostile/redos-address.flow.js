// hostile: a well-known pattern for mail addresses
// expect: QUOTA_FUEL|QUOTA_STACK
// python: the same pattern
/^([a-zA-Z0-9])(([-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$/.test('a'.repeat(60) + '!');
