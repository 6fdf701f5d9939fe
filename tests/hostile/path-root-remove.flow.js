// hostile: a removal of the whole workspace
// expect: NOT_FOUND|POLICY_DENIED|INVALID_PATH
// python: shutil.rmtree('/')
export default async (flow) => await flow.fs.remove('/');
