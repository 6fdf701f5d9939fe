// hostile: arrays that can't be changed
// expect: OK
// value: [1]
for (const name of ['push', 'map', 'join', 'slice', 'forEach', 'concat']) {
  Array.prototype[name] = () => {
    throw new Error(name);
  };
}
console.log([1, { a: [2] }]);
const result = [1];
result;
