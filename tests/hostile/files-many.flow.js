// hostile: files without end
// expect: QUOTA_FILES
// python: open(f'out/{n}.txt', 'w')
export default async (flow) => {
  for (let n = 0; ; n += 1) await flow.fs.write(`out/${n}.txt`, 'x');
};
