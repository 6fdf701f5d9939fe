// hostile: arrays that can't be walked
// expect: OK
// value: [1, 2, 3]
Array.prototype[Symbol.iterator] = () => {
  throw new Error('no walk');
};
const result = [1, 2, 3];
result;
