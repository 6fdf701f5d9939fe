// hostile: a native join of a thousand million holes
// expect: QUOTA_FUEL|QUOTA_MEMORY
// python: ''.join(itertools.repeat('', 10**9))
const holes = [];
holes.length = 1e9;
holes.join('').length;
