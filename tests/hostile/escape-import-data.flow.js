// hostile: an import of code in an address
// expect: LINT_FAILED
export default async () => {
  const address = 'data:text/javascript,export default 1';
  return (await import(address)).default;
};
