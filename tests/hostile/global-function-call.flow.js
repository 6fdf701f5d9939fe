// hostile: call and apply that lie
// expect: OK
// value: "x"
Function.prototype.call = () => {
  throw new Error('no call');
};
Function.prototype.apply = Function.prototype.call;
Function.prototype.bind = Function.prototype.call;
export default async (flow) => {
  await flow.fs.write('out/a.txt', 'x');
  return await flow.fs.read('out/a.txt');
};
