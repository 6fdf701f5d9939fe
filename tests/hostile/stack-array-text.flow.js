// hostile: the text of an array thirty thousand levels deep
// expect: QUOTA_STACK
// python: str(deep)
let deep = [];
for (let level = 0; level < 30000; level += 1) deep = [deep];
String(deep).length;
