// hostile: an endless iterator that is spread
// expect: QUOTA_FUEL|QUOTA_MEMORY
// python: list(itertools.repeat(0))
const endless = { [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 0 }) }) };
[...endless].length;
