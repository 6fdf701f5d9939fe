// hostile: randomness without end, where all the work is the host's
// expect: QUOTA_CPU
// limits: {"cpuMsMax": 300, "fuelMax": 1000000000}
// python: os.urandom in a loop
const bytes = new Uint8Array(65536);
for (;;) crypto.getRandomValues(bytes);
