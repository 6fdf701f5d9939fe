// hostile: a module with deep nesting, written and then imported
// expect: LINT_FAILED|QUOTA_STACK
// python: importlib of a written file
export default async (flow) => {
  const path = 'out/deep.mjs';
  await flow.fs.write(path, `export default ${'['.repeat(5000)}${']'.repeat(5000)};`);
  const name = `/${path}`;
  return (await import(name)).default;
};
