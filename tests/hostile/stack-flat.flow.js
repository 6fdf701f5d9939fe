// hostile: an array that is flattened thirty thousand levels
// expect: QUOTA_STACK
// python: a recursive flatten
let deep = [];
for (let level = 0; level < 30000; level += 1) deep = [deep];
deep.flat(Infinity).length;
