// hostile: one file that moves for ever
// expect: QUOTA_FILES
// python: os.rename
export default async (flow) => {
  await flow.fs.write('out/0.txt', 'x');
  for (let n = 0; ; n += 1) await flow.fs.move(`out/${n}.txt`, `out/${n + 1}.txt`);
};
