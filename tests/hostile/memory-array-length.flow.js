// hostile: an array of a thousand million holes, filled
// expect: QUOTA_MEMORY|QUOTA_FUEL
// python: [0] * 10**9
new Array(1e9).fill(0).length;
