// hostile: a native search through 2^53 items that are not there
// expect: QUOTA_FUEL
// python: (2**53) in range-like object
Array.prototype.indexOf.call({ length: 2 ** 53 - 1, 0: 1 }, 'never');
