// hostile: a typed array whose comparison grows another one
// expect: OK
// value: 1000
const numbers = new Float64Array(1000).map((_, index) => -index);
numbers.sort((a, b) => (a < b ? 1 : -1));
numbers.length;
