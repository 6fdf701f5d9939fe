// The ways in which a flow fails by itself.
const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const HOWS = {
  error: () => { throw new Error('plain'); },
  type: () => null.x,
  range: () => new Array(-1),
  uri: () => decodeURIComponent('%'),
  json: () => JSON.parse('{"a":'),
  bigint: () => 1n + 1,
  text: () => { throw 'a text'; },
  number: () => { throw 42; },
  null: () => { throw null; },
  object: () => { throw { code: 'MINE', message: 'an object' }; },
  cause: () => { throw new Error('outer', { cause: new RangeError('inner') }); },
  aggregate: () => Promise.any([Promise.reject(new Error('a')), Promise.reject(new Error('b'))]),
  named: () => { throw Object.assign(new Error('named'), { name: 'MyError' }); },
  unicode: () => { throw new Error('grün 🙂 \ud800'); },
  long: () => { throw new Error('x'.repeat(20_000)); },
  nested: () => { const a = () => b(); const b = () => c(); const c = () => { throw new Error('deep'); }; return a(); },
  rejects: () => Promise.reject(new TypeError('rejected')),
  later: async () => { await later(5); throw new Error('late'); },
  unhandled: async () => { Promise.reject(new Error('nobody waits')); await later(5); return 'past it'; },
  timer: async () => { setTimeout(() => { throw new Error('in a timer'); }, 1); await later(20); return 'past it'; },
  stalls: () => new Promise(() => undefined),
  caught: () => { try { null.x; } catch (error) { return [error.name, error instanceof TypeError]; } },
  finally: () => { try { throw new Error('first'); } finally { console.log('finally'); } },
  writes: async (flow) => { await flow.fs.write('out/never.txt', 'x'); throw new Error('after a write'); },
};
export default (flow) => HOWS[flow.args.how](flow);
