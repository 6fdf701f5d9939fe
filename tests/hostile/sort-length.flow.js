// hostile: a sort of an array-like with 2^53 items
// expect: QUOTA_FUEL
Array.prototype.sort.call({ length: 2 ** 53 - 1 });
