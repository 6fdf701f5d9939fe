// hostile: modules that are written and imported without end
// expect: QUOTA_FILES
// python: the same
export default async (flow) => {
  for (let n = 0; ; n += 1) {
    await flow.fs.write(`out/${n}.mjs`, `export default ${n};`);
    const name = `/out/${n}.mjs`;
    await import(name);
  }
};
