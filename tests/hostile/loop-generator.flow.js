// hostile: a generator that never ends
// expect: QUOTA_FUEL
// python: def ones(): while True: yield 1
function* ones() {
  for (;;) yield 1;
}
let sum = 0;
for (const one of ones()) sum += one;
sum;
