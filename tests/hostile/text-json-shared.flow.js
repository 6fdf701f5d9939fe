// hostile: JSON of an object that is the same thirty levels down, twice each
// expect: QUOTA_FUEL|QUOTA_MEMORY
// python: json.dumps of the same
let shared = {};
for (let level = 0; level < 30; level += 1) shared = { left: shared, right: shared };
JSON.stringify(shared).length;
