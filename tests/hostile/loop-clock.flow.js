// hostile: a wait for a time that never comes
// expect: QUOTA_FUEL
// python: while time.time() < end: pass
const end = Date.now() + 1e12;
while (Date.now() < end) {}
