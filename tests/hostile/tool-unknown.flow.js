// hostile: a tool that is not there
// expect: POLICY_DENIED|UNKNOWN_TOOL
// python: the same
export default async (flow) => await flow.call(['for', 'mat'].join(''), {});
