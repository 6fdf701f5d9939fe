// hostile: a forged record of a run
// expect: POLICY_DENIED
// python: the same
export default async (flow) => await flow.fs.write('runs/forged/record.json', '{}');
