// hostile: the text of an array of a thousand million holes
// expect: QUOTA_MEMORY|QUOTA_FUEL|RUNTIME_EXCEPTION
// python: str([None] * 10**9)
`${new Array(1e9)}`.length;
