// hostile: a text that doubles
// expect: QUOTA_MEMORY|RUNTIME_EXCEPTION
// python: s += s
let text = 'x';
for (;;) text += text;
