// hostile: a read that the grant does not cover
// expect: POLICY_DENIED
// grant: {"read": ["hostile/**", "data/**"], "write": ["out/**"]}
// files: {"secret/key.txt": "hunter2"}
// python: the same
export default async (flow) => await flow.fs.read('secret/key.txt');
