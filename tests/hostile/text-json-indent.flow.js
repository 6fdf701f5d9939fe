// hostile: JSON with an indent at every level of a long way down
// expect: QUOTA_FUEL|QUOTA_MEMORY|QUOTA_STACK
// python: json.dumps(deep, indent=10)
let deep = [];
for (let level = 0; level < 300; level += 1) deep = [deep, deep];
JSON.stringify(deep, null, 10).length;
