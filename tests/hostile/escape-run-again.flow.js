// hostile: a second start of the same instance
// expect: RUNTIME_EXCEPTION
flow.start = globalThis.selvage_start;
flow.start();
