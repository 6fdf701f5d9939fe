// hostile: a text that grows by a letter
// expect: QUOTA_FUEL|QUOTA_MEMORY
// limits: {"fuelMax": 1000000}
// python: s += 'x'
let text = '';
for (;;) text += 'x';
