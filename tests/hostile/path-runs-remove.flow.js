// hostile: a removal of every record
// expect: POLICY_DENIED|NOT_FOUND
// files: {"runs/other/record.json": "{}"}
// python: shutil.rmtree
export default async (flow) => await flow.fs.remove('runs');
