// hostile: a then that swallows
// expect: OK|STALLED
// value: 1
const then = Promise.prototype.then;
Promise.prototype.then = function (...handlers) {
  return then.call(this, ...handlers);
};
export default async (flow) => {
  await flow.fs.write('out/a.txt', 'x');
  return 1;
};
