// hostile: a look-ahead that is tried again and again
// expect: QUOTA_FUEL|QUOTA_STACK
/^(?=(a+))*(?:a+)+$/.test('a'.repeat(40) + '!');
