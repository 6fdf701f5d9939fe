// hostile: a tool named like what every object has
// expect: POLICY_DENIED|UNKNOWN_TOOL
export default async (flow) => await flow.call(['__proto', '__'].join(''), {});
