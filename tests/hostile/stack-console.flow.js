// hostile: a value thirty thousand levels deep on the console
// expect: OK
// value: 1
// python: print(deep)
let deep = [];
for (let level = 0; level < 30000; level += 1) deep = [deep];
console.log(deep);
1;
