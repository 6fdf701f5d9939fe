// hostile: a write that the grant does not cover
// expect: POLICY_DENIED
// grant: {"read": ["hostile/**", "data/**"], "write": ["out/**"]}
// files: {"data/a.csv": "a,b"}
// python: the same
export default async (flow) => await flow.fs.write('data/a.csv', 'x');
