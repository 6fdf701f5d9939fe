// hostile: more bytes than may be written
// expect: QUOTA_FILES
// limits: {"fuelMax": 50000000}
// python: the same
export default async (flow) => {
  const text = 'x'.repeat(400000);
  for (let n = 0; ; n += 1) await flow.fs.write(`out/${n}.txt`, text);
};
