// hostile: a move of something into the records
// expect: POLICY_DENIED
// python: os.rename
export default async (flow) => {
  await flow.fs.write('out/a.json', '{}');
  await flow.fs.move('out/a.json', 'runs/a.json');
};
