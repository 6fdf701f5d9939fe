// hostile: an import from above the workspace
// expect: INVALID_PATH|LINT_FAILED
// python: sys.path tricks
export default async () => {
  const address = '../../../outside.mjs';
  return (await import(address)).default;
};
