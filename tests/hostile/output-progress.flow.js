// hostile: progress without end, with long labels
// expect: QUOTA_CALLS
// python: flow.progress in a loop
const label = 'x'.repeat(500);
for (;;) flow.progress(1, 2, label);
