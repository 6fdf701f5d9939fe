// hostile: an import of what the machine may have
// expect: LINT_FAILED
// python: import ctypes
export default async () => {
  const name = 'node:fs';
  return Object.keys(await import(name));
};
