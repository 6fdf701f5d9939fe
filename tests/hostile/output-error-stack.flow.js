// hostile: fifty frames with a hundred kilobytes of name each
// expect: RUNTIME_EXCEPTION
// limits: {"fuelMax": 200000000}
// python: type() with a long name
const name = 'f'.repeat(100000);
const holder = {
  [name](n) {
    if (n === 0) throw new Error('deep');
    return holder[name](n - 1);
  },
};
holder[name](60);
