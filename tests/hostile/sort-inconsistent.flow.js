// hostile: a comparison that contradicts itself
// expect: OK
// value: 2000
// python: functools.cmp_to_key(coin)
const items = Array.from({ length: 2000 }, (_, index) => index);
let state = 1;
const coin = () => {
  state = (state * 1103515245 + 12345) % 2147483648;
  return (state % 3) - 1;
};
const sorted = items.sort(coin);
new Set(sorted).size;
