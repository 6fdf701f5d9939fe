// hostile: a text that has no form in UTF-8
// expect: OK
// value: 2
// python: '\\ud800'
const result = ['\ud800', '\udc00x'];
result.length;
