// hostile: a setter where every array has its first item
// expect: OK
// value: {"text": "a", "list": [1, 2]}
Object.defineProperty(Array.prototype, 0, {
  configurable: true,
  set: () => {
    throw new Error('a setter of the flow was called');
  },
});
const result = { text: 'a', list: JSON.parse('[1,2]') };
result;
