// The order of things.
const later = (ms, value) => new Promise((resolve) => setTimeout(resolve, ms, value));
const RUNS = {
  order: async () => { const seen = []; setTimeout(() => seen.push('timer'), 0); Promise.resolve().then(() => seen.push('micro')); queueMicrotask(() => seen.push('queued')); seen.push('now'); await later(2); return seen; },
  all: () => Promise.all([later(6, 'a'), later(2, 'b'), 'c']),
  race: () => Promise.race([later(60, 'slow'), later(2, 'fast')]),
  any: () => Promise.any([Promise.reject(1), later(2, 'any')]),
  settled: async () => (await Promise.allSettled([Promise.reject(new Error('no')), later(1, 'yes')])).map(({ status }) => status),
  interval: () => new Promise((resolve) => { let n = 0; const id = setInterval(() => { n += 1; if (n === 3) { clearInterval(id); resolve(n); } }, 1); }),
  cleared: async () => { const id = setTimeout(() => console.log('never'), 1); clearTimeout(id); await later(3); return 'quiet'; },
  generator: () => [...(function* () { let n = 0; while (n < 5) yield n++; })()],
  iterated: async () => { const seen = []; for await (const one of (async function* () { yield 1; await later(1); yield 2; })()) seen.push(one); return seen; },
  parallel: async (flow) => (await Promise.all(['data/in.txt', 'data/value.json'].map((path) => flow.fs.read(path)))).map(({ length }) => length),
  calls: async (flow) => (await Promise.all(['data', 'lib', 'nowhere'].map((path) => flow.call('stat', { path }).then(({ kind }) => kind, ({ code }) => code)))),
  clock: async () => { const start = Date.now(); await later(15); return Date.now() - start >= 14; },
};
export default (flow) => RUNS[flow.args.run](flow);
