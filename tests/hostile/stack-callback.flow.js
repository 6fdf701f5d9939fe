// hostile: a recursion through a native function
// expect: QUOTA_STACK
// python: list(map(down, [1]))
const down = () => [1].map(down);
down();
