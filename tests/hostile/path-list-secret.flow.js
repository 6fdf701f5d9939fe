// hostile: a list that must not show what may not be read
// expect: OK
// grant: {"read": ["hostile/**", "data/**"], "write": []}
// files: {"secret/key.txt": "hunter2", "data/a.csv": "a"}
// value: false
// python: os.listdir
export default async (flow) => (await flow.fs.list('')).map((entry) => entry.name).includes('secret');
