// hostile: a replacement that quotes what comes before and after
// expect: QUOTA_MEMORY|QUOTA_FUEL
// python: re.sub with a function
let text = 'x'.repeat(1000);
for (;;) text = text.replaceAll('x', "$`$'");
