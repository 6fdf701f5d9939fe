// hostile: a template that doubles
// expect: QUOTA_MEMORY|RUNTIME_EXCEPTION
// python: f'{s}{s}'
let text = 'x';
for (;;) text = `${text}${text}`;
