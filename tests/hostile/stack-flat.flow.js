// hostile: an array that is flattened a hundred thousand levels
// expect: QUOTA_STACK
// python: a recursive flatten
let deep = [];
for (let level = 0; level < 100000; level += 1) deep = [deep];
deep.flat(Infinity).length;
