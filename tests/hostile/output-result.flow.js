// hostile: a result that is larger than the output
// expect: QUOTA_OUTPUT
// python: the same
'x'.repeat(400000);
