// hostile: a read of another run's record without a grant for it
// expect: POLICY_DENIED
// grant: {"read": ["hostile/**", "data/**"], "write": ["**"]}
// files: {"runs/other/record.json": "{\"secret\":1}"}
// python: the same
export default async (flow) => await flow.fs.read('runs/other/record.json');
