// hostile: a move that takes along what the grant does not cover
// expect: POLICY_DENIED
// grant: {"read": ["**"], "write": ["out/**", "data/mine/**"]}
// files: {"data/mine/a.txt": "a", "data/theirs/b.txt": "b"}
// python: shutil.move
export default async (flow) => await flow.fs.move('data', 'out/data');
