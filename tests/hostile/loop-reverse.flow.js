// hostile: a native turn of 2^53 items that are not there
// expect: QUOTA_FUEL
Array.prototype.reverse.call({ length: 2 ** 53 - 1 });
