// A value of each kind: what can leave a run, and what can't.
const deep = (depth) => (depth === 0 ? 'bottom' : [deep(depth - 1)]);
const cycle = () => {
  const one = {};
  one.self = one;
  return one;
};
const VALUES = {
  nothing: () => undefined,
  null: () => null,
  true: () => true,
  integer: () => 42,
  float: () => 0.1 + 0.2,
  tiny: () => 5e-324,
  huge: () => 1.7976931348623157e308,
  safe: () => Number.MAX_SAFE_INTEGER,
  unsafe: () => 2 ** 53 + 2,
  minusZero: () => -0,
  nan: () => NaN,
  infinity: () => [Infinity, -Infinity],
  bigint: () => 12345678901234567890n,
  minusBigint: () => -(2n ** 200n),
  empty: () => '',
  text: () => 'grün 🙂 \u2028 "\\\n\t\u0000',
  surrogate: () => 'a\ud800b',
  long: () => 'x'.repeat(50_000),
  date: () => new Date(86_400_000),
  noDate: () => new Date(NaN),
  bytes: () => new Uint8Array([0, 1, 254, 255]),
  noBytes: () => new Uint8Array(),
  floats: () => new Float64Array([0.1, -0, 1e300]),
  buffer: () => new Uint8Array([1, 2, 3]).buffer,
  map: () => new Map([[1, 'a'], ['1', { b: 2n }]]),
  set: () => new Set([1, '1', 1]),
  holes: () => [1, , undefined, null],
  nested: () => ({ a: [{ b: { c: [1, [2, [3]]] } }], d: new Date(0) }),
  deep: () => deep(60),
  tooDeep: () => deep(5_000),
  getter: () => ({ get a() { return 1; } }),
  badGetter: () => ({ get a() { throw new Error('no a'); } }),
  proto: () => JSON.parse('{"__proto__": 1, "constructor": 2}'),
  order: () => ({ b: 1, a: 2, 10: 3, 2: 4 }),
  error: () => new TypeError('as a value'),
  regexp: () => /a+/gi,
  url: () => String(new URL('../b?c=d#e', 'https://a.example/x/y')),
  symbol: () => Symbol('s'),
  function: () => () => 1,
  cycle,
  promise: () => Promise.resolve({ then: undefined, value: 1 }),
  thenable: () => ({ then: (resolve) => resolve('awaited') }),
};
export default (flow) => VALUES[flow.args.of]();
