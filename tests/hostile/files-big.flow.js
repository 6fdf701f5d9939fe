// hostile: more bytes than may be written
// expect: QUOTA_FILES
// python: the same
export default async (flow) => {
  const text = 'x'.repeat(1000000);
  for (let n = 0; ; n += 1) await flow.fs.write(`out/${n}.txt`, text);
};
