// hostile: a catch around every write
// expect: QUOTA_FILES
// python: except BaseException: pass
export default async (flow) => {
  for (let n = 0; ; n += 1) {
    try {
      await flow.fs.write(`out/${n}.txt`, 'x');
    } catch {
      // Go on.
    }
  }
};
