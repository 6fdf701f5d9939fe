// hostile: another Promise
// expect: OK
// value: "x"
globalThis.Promise = class {
  static resolve() {
    throw new Error('no promise');
  }
};
export default async (flow) => {
  await flow.fs.write('out/a.txt', 'x');
  return await flow.fs.read('out/a.txt');
};
