// hostile: looks at files without end
// expect: QUOTA_CALLS
// python: os.stat
export default async (flow) => {
  for (;;) await flow.fs.stat('out');
};
