// hostile: another JSON
// expect: OK
// value: [{"a": 1}, "{\n  \"a\": 1\n}"]
JSON.stringify = () => '"forged"';
JSON.parse = () => 'forged';
export default async (flow) => {
  await flow.fs.writeJSON('out/a.json', { a: 1 });
  return [await flow.fs.readJSON('out/a.json'), (await flow.fs.read('out/a.json')).trim()];
};
