// hostile: a flow that runs itself
// expect: POLICY_DENIED
// python: the same
export default async (flow) => await flow.call('run_flow', { path: 'hostile/tool-itself.flow.js' });
