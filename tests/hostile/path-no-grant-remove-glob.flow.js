// hostile: a removal of a folder of which a glob covers most
// expect: POLICY_DENIED
// grant: {"read": ["hostile/**", "data/**"], "write": ["data", "data/[!s]*", "data/[!s]*/**"]}
// files: {"data/mine/a.txt": "a", "data/secret.txt": "b"}
// python: shutil.rmtree
export default async (flow) => await flow.fs.remove('data');
