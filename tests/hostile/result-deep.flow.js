// hostile: a result thirty thousand levels deep
// expect: INVALID_RESULT
// python: the same
let deep = [];
for (let level = 0; level < 30000; level += 1) deep = [deep];
deep;
