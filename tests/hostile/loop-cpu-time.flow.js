// hostile: a loop with all the fuel there is, against the clock of computing
// expect: QUOTA_CPU
// limits: {"cpuMsMax": 150, "fuelMax": 1000000000000}
// python: while True: pass
for (;;) {}
