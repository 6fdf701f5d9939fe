// hostile: a list of two hundred thousand links, left to the garbage collector
// expect: OK
// value: 1
// limits: {"memoryBytesMax": 134217728, "fuelMax": 200000000}
// python: the same
let head = null;
for (let n = 0; n < 200000; n += 1) head = { head };
head = null;
let others = [];
for (let n = 0; n < 200000; n += 1) others = [n];
others.length;
