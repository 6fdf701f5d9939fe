// hostile: a reviver that nests what it is given
// expect: RUNTIME_EXCEPTION|QUOTA_STACK
JSON.parse('{"a":1}', (key, value) => (key === 'a' ? value : { a: [value, value] })) && JSON.parse('[1]', function revive(key, value) {
  return JSON.parse('[1]', revive);
});
