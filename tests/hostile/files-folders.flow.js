// hostile: folders without end
// expect: QUOTA_FILES
// python: os.mkdir
export default async (flow) => {
  for (let n = 0; ; n += 1) await flow.fs.mkdir(`out/${n}`);
};
