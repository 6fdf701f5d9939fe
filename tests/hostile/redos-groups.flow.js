// hostile: a pattern of ten thousand nested groups, made at run time
// expect: QUOTA_STACK|RUNTIME_EXCEPTION
// python: re.compile('(' * 10000 + ')' * 10000)
new RegExp('('.repeat(10000) + ')'.repeat(10000)).test('');
