// hostile: tool calls without end
// expect: QUOTA_CALLS
// limits: {"callsMax": 100}
// files: {"box/a.txt": "a"}
// python: the same
export default async (flow) => {
  for (;;) {
    try {
      await flow.call('ls', { path: 'box' });
    } catch {
      // Again.
    }
  }
};
