// hostile: replacements that make more to replace
// expect: QUOTA_MEMORY|QUOTA_FUEL
// python: s.replace('x', 'xxxx')
let text = 'x';
for (;;) text = text.replace(/x/g, 'xxxx');
