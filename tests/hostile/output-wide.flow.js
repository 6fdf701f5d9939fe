// hostile: an object with twenty thousand names on the console
// expect: OK|QUOTA_OUTPUT
// limits: {"fuelMax": 200000000}
// python: print(dict)
const wide = {};
for (let n = 0; n < 20000; n += 1) wide[`name${n}`] = n;
console.log(wide);
1;
