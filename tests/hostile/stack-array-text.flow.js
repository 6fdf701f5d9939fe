// hostile: the text of an array a hundred thousand levels deep
// expect: QUOTA_STACK
// python: str(deep)
let deep = [];
for (let level = 0; level < 100000; level += 1) deep = [deep];
String(deep).length;
