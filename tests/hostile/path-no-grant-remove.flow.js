// hostile: a removal of a folder that holds what the grant does not cover
// expect: POLICY_DENIED
// grant: {"read": ["hostile/**", "data/**"], "write": ["data/mine/**"]}
// files: {"data/mine/a.txt": "a", "data/theirs/b.txt": "b"}
// python: shutil.rmtree
export default async (flow) => await flow.fs.remove('data');
