// hostile: the longest text that a count can say
// expect: RUNTIME_EXCEPTION|QUOTA_MEMORY
// python: 'ab' * (2**63 - 1)
'ab'.repeat(2 ** 53 - 1);
