// hostile: a flow that throws away more than it may hold
// expect: OK
// value: 300000
// python: the same
let last = '';
for (let n = 0; n < 200; n += 1) last = `${n}`.repeat(100000);
last.length;
