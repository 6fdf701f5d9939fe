// hostile: a replacement whose pattern backtracks at every place
// expect: QUOTA_FUEL|QUOTA_STACK
// python: re.sub(r'(a+)+b', '', 'a' * 200000)
'a'.repeat(200000).replace(/(a+)+b/g, '');
