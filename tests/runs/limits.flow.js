// Up to a limit, and past it.
const USES = {
  fuel: (n) => { let sum = 0; for (let i = 0; i < n; i += 1) sum += i; return sum; },
  regexp: (n) => /^(a+)+$/.test(`${'a'.repeat(n)}b`),
  sort: (n) => Array.from({ length: n }, (_, i) => (i * 7919) % n).sort((a, b) => a - b)[n - 1],
  memory: (n) => { const held = []; for (let i = 0; i < n; i += 1) held.push('x'.repeat(100_000) + i); return held.length; },
  stack: (n) => { const down = (left) => (left === 0 ? 0 : 1 + down(left - 1)); return down(n); },
  output: (n) => { for (let i = 0; i < n; i += 1) console.log('y'.repeat(1_000)); return n; },
  result: (n) => 'z'.repeat(n),
  files: async (n, { fs }) => { for (let i = 0; i < n; i += 1) await fs.write(`out/${i}.txt`, ''); return n; },
  written: async (n, { fs }) => { for (let i = 0; i < n; i += 1) await fs.write('out/a.bin', new Uint8Array(100_000)); return n; },
  calls: async (n, { fs }) => { for (let i = 0; i < n; i += 1) await fs.exists('data'); return n; },
  wall: (n) => new Promise((resolve) => setTimeout(resolve, n)),
};
export default (flow) => USES[flow.args.of](flow.args.n, flow);
