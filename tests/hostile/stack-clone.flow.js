// hostile: a structured clone of a value thirty thousand levels deep
// expect: QUOTA_STACK|RUNTIME_EXCEPTION
// python: copy.deepcopy(deep)
let deep = [];
for (let level = 0; level < 30000; level += 1) deep = [deep];
structuredClone(deep).length;
