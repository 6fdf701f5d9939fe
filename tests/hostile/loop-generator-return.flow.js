// hostile: an iterator that loops when it is closed
// expect: QUOTA_FUEL
// python: a generator with finally: while True: pass, closed
const iterable = {
  [Symbol.iterator]: () => ({
    next: () => ({ done: false, value: 1 }),
    return: () => {
      for (;;) {}
    },
  }),
};
for (const one of iterable) break;
