// hostile: a call with a million arguments
// expect: QUOTA_STACK|QUOTA_MEMORY
// python: max(*range(10**6))
Math.max(...new Array(1000000).fill(1));
