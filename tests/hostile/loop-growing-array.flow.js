// hostile: a walk along an array that grows as it is walked
// expect: QUOTA_FUEL|QUOTA_MEMORY
// python: for x in xs: xs.append(x)
const items = [1];
for (const item of items) items.push(item);
