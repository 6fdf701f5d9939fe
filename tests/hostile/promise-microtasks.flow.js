// hostile: a microtask that makes the next one
// expect: QUOTA_FUEL
// python: loop.call_soon(again)
const again = () => queueMicrotask(again);
again();
