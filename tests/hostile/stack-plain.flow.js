// hostile: a function that calls itself
// expect: QUOTA_STACK
// python: def down(): return down() + 1
const down = () => down() + 1;
down();
