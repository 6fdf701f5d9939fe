// hostile: an object with a hundred thousand names on the console
// expect: OK|QUOTA_OUTPUT
// limits: {"fuelMax": 200000000}
// python: print(dict)
const wide = {};
for (let n = 0; n < 100000; n += 1) wide[`name${n}`] = n;
console.log(wide);
1;
