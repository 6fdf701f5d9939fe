// hostile: a loop that nothing ends
// expect: QUOTA_FUEL
// python: while True: pass
while (true) {}
