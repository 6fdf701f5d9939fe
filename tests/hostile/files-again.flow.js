// hostile: the same file, again and again
// expect: QUOTA_FILES
// python: the same
export default async (flow) => {
  for (;;) await flow.fs.write('out/same.txt', 'x');
};
