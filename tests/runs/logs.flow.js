// What a flow says.
const SAYS = {
  levels: () => { for (const level of ['debug', 'info', 'warn', 'error', 'log', 'trace']) console[level](level); },
  own: (flow) => { flow.log('plain'); for (const level of ['debug', 'info', 'warn', 'error']) flow.log[level](level, { level }); },
  formats: () => console.log('%s|%d|%i|%f|%o|%j|%%|%c', 'a', 1.5, 1.5, '2.5', { a: 1 }, [1], 'css'),
  values: () => console.log(null, undefined, 1n, Symbol('s'), -0, NaN, new Date(0), /a/, new Error('e').message, () => 1),
  nested: () => console.log({ a: { b: { c: { d: { e: 1 } } } }, f: [[[[1]]]] }, new Map([[1, new Set([2])]]), new Uint8Array(3)),
  table: () => console.table([{ a: 1, b: 'x' }, { a: 2 }]),
  group: () => { console.group('outer'); console.log('in'); console.groupEnd(); console.log('out'); },
  count: () => { console.count(); console.count('x'); console.count('x'); console.countReset('x'); console.count('x'); },
  assert: () => { console.assert(true, 'no'); console.assert(false, 'yes', 1); },
  dir: () => console.dir({ a: { b: { c: 1 } } }, { depth: 0 }),
  unicode: () => console.log('grün 🙂 \u202e \ud800', '\n\ttab'),
  many: () => { for (let i = 0; i < 200; i += 1) console.log('line', i); },
  long: () => console.log('x'.repeat(30_000)),
  progress: (flow) => { for (let i = 0; i <= 4; i += 1) flow.progress(i, 4, `step ${i}`); return 'told'; },
  proxy: () => console.log(new Proxy({ a: 1 }, { get: () => { throw new Error('trap'); } })),
  cycle: () => { const one = { name: 'one' }; one.self = one; console.log(one); },
};
export default (flow) => SAYS[flow.args.how](flow);
