// hostile: code that loops on when it is stopped
// expect: QUOTA_FUEL
// python: try: while True: pass; finally: while True: pass
function guard() {
  try {
    for (;;) {}
  } finally {
    for (;;) {}
  }
}
guard();
