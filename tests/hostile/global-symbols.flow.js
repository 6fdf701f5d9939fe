// hostile: species and tags that lie
// expect: OK
// value: {"a": [1]}
Object.defineProperty(Array, Symbol.species, {
  get: () => {
    throw new Error('no species');
  },
});
Object.prototype[Symbol.toStringTag] = 'URLSearchParams';
console.log([1], { a: 1 });
const result = { a: [1] };
result;
