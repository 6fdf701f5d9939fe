// hostile: JSON of a value thirty thousand levels deep
// expect: QUOTA_STACK
// python: json.dumps(deep)
let deep = [];
for (let level = 0; level < 30000; level += 1) deep = [deep];
JSON.stringify(deep).length;
