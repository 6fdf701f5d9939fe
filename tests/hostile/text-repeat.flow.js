// hostile: a text of a quarter of a gigabyte
// expect: QUOTA_MEMORY|RUNTIME_EXCEPTION
// python: 'x' * 2**28
'x'.repeat(2 ** 28).length;
