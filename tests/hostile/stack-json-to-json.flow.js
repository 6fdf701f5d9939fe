// hostile: a toJSON that gives another level each time
// expect: QUOTA_STACK
// python: json.dumps(default=…)
const more = { toJSON: () => ({ more }) };
JSON.stringify(more);
