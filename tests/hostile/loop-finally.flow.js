// hostile: a finally block that throws every end away
// expect: QUOTA_FUEL
// python: while True: try: raise … finally: continue
for (;;) {
  try {
    throw new Error('stop');
  } catch {
    // Nothing stops this loop.
  } finally {
    continue;
  }
}
