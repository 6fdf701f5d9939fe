// hostile: a comparison that says that everything is less than everything
// expect: OK
// value: 1000
// python: class Less: __lt__ = lambda a, b: True
const items = Array.from({ length: 1000 }, (_, index) => index);
new Set(items.toSorted(() => -1)).size;
