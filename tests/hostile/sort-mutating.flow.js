// hostile: a comparison that changes what is sorted
// expect: OK
// value: 500
// python: list.sort with a key that clears the list
const items = Array.from({ length: 500 }, (_, index) => 500 - index);
items.sort((a, b) => {
  items.length = 0;
  return a - b;
});
items.length;
