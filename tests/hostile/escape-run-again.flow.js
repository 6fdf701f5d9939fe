// hostile: a second start of the same instance
// expect: RUNTIME_EXCEPTION
const start = globalThis['selvage_' + 'start'];
start();
