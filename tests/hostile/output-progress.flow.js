// hostile: progress without end, with long labels
// expect: QUOTA_CALLS
// python: flow.progress in a loop
for (;;) flow.progress(1, 2, 'x'.repeat(10000));
