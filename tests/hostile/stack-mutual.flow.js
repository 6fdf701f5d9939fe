// hostile: two functions that call each other
// expect: QUOTA_STACK
// python: the same
const even = (n) => odd(n + 1);
const odd = (n) => even(n + 1);
even(0);
