// hostile: one concat of many long texts
// expect: QUOTA_MEMORY|RUNTIME_EXCEPTION
// python: ''.join([part] * 1000)
const part = 'x'.repeat(1000000);
''.concat(...Array.from({ length: 1000 }, () => part)).length;
