// hostile: another clock and another dice
// expect: OK
// value: [0, 4]
// python: time.time = …
Date.now = () => 0;
Math.random = () => 4;
performance.now = () => NaN;
Date.prototype.getTime = () => 0;
const result = [Date.now(), Math.random()];
result;
