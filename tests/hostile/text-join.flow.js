// hostile: an array that joins itself into larger ones
// expect: QUOTA_MEMORY|QUOTA_FUEL
// python: text.join([text] * 4)
let text = 'x';
for (;;) text = [text, text, text, text].join(text);
