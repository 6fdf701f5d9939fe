// hostile: a text that is cut into letters
// expect: QUOTA_MEMORY|QUOTA_FUEL
// python: list('x' * 8000000)
'x'.repeat(8000000).split('').length;
