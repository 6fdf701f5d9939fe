// hostile: progress that is no number
// expect: RUNTIME_EXCEPTION
// python: the same
flow.progress(NaN, -Infinity, {});
