// hostile: a text that grows by a letter
// expect: QUOTA_FUEL|QUOTA_MEMORY
// python: s += 'x'
let text = '';
for (;;) text += 'x';
