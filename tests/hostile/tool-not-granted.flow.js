// hostile: a tool that changes the workspace, without a grant
// expect: POLICY_DENIED
// python: the same
export default async (flow) => await flow.call('delete', { path: 'data' });
