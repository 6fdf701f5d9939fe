// hostile: the same, with files
// expect: OK
// value: [1, "path,name,kind,size"]
for (const name of ['path', 'name', 'kind', 'size', 'then']) {
  Object.defineProperty(Object.prototype, name, { configurable: true, set: () => {} });
}
export default async (flow) => {
  await flow.fs.write('out/a.txt', 'abc');
  const entries = await flow.fs.list('out');
  return [entries.length, Object.keys(entries[0]).join()];
};
