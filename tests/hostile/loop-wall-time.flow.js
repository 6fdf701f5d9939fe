// hostile: a loop with all the fuel there is, against the clock on the wall
// expect: QUOTA_WALL
// limits: {"wallMsMax": 150, "fuelMax": 1000000000000}
// python: while True: pass
for (;;) {}
