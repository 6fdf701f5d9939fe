// hostile: a result that looks like another type
// expect: OK
// value: {"$type": "object", "value": {"$type": "bytes", "value": "not base64!"}}
// python: the same
const result = { $type: 'bytes', value: 'not base64!' };
result;
