// hostile: tool calls without end
// expect: QUOTA_CALLS
// limits: {"callsMax": 100}
// python: the same
export default async (flow) => {
  for (;;) {
    try {
      await flow.call('ls', { path: '' });
    } catch {
      // Again.
    }
  }
};
