// hostile: escapes that are escaped again
// expect: QUOTA_MEMORY|QUOTA_FUEL
// python: urllib.parse.quote
let text = '%';
for (;;) text = encodeURIComponent(text + text);
