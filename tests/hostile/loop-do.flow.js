// hostile: a loop that counts up for ever
// expect: QUOTA_FUEL
// python: the same with while
let n = 0;
do {
  n += 1;
} while (n > 0);
n;
