// hostile: JSON of a value a hundred thousand levels deep
// expect: QUOTA_STACK
// python: json.dumps(deep)
let deep = [];
for (let level = 0; level < 100000; level += 1) deep = [deep];
JSON.stringify(deep).length;
