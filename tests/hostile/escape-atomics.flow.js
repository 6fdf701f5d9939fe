// hostile: a wait that would stop the thread
// expect: LINT_FAILED
// python: time.sleep(10**9)
const shared = new Int32Array(new SharedArrayBuffer(16));
Atomics.wait(shared, 0, 0, 1e9);
