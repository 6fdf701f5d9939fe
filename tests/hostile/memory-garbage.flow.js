// hostile: a flow that throws away more than it may hold
// expect: OK
// value: 200000
// limits: {"fuelMax": 200000000}
// python: the same
let last = '';
for (let n = 0; n < 100; n += 1) last = `${n}`.repeat(100000);
last.length;
