// hostile: products without end
// expect: QUOTA_CALLS
// python: the same
export default async (flow) => {
  await flow.fs.write('out/a.txt', 'x');
  for (;;) await flow.artifact('out/a.txt');
};
