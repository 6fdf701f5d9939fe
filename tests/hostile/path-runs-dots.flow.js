// hostile: a forged record by way of another folder
// expect: POLICY_DENIED
// python: the same
export default async (flow) => await flow.fs.write('out/../runs/./forged.json', '{}');
