// What programs that want all the memory get.

import { openChromium } from '../browser/lib/browsers.mjs';
import { call, openWorkbench, value } from '../browser/lib/workbench.mjs';

export const title = 'memory under a cap of 64 MiB';

const CAP = 64 * 1024 * 1024;
const MIB = 1024 * 1024;

const GREEDY = {
  'buffers': 'const all = []; for (;;) all.push(new Uint8Array(1000000));',
  'strings': 'let s = "x"; for (;;) s += s;',
  'objects': 'const all = []; for (;;) all.push({ a: 1, b: [2], c: {} });',
  'one array': 'const all = new Array(1e9).fill(1); all.length;',
};

export async function measure({ site, defer, table }) {
  const context = await openChromium(defer);
  const page = await context.newPage();
  await openWorkbench(page, site.workbench);
  const bench = await context.newPage();
  await bench.goto(site.page);
  await bench.waitForFunction(() => window.bench);
  for (const [name, source] of Object.entries(GREEDY)) {
    const path = `bench/${name.replace(' ', '-')}.flow.js`;
    await value(page, 'write', { path, content: source });
    const result = await call(page, 'run_flow', { path, limits: { memoryBytesMax: CAP, fuelMax: 1e12, cpuMsMax: 60_000 } });
    const { run } = (await value(page, 'flow_runs', { limit: 1 })).runs[0];
    const { usage, error } = await value(page, 'flow_status', { run });
    const peer = await bench.evaluate(([parts, request]) => window.bench.peerRun(parts, request), [site.parts, { source, memoryBytes: CAP, deadlineMs: 20_000 }]);
    table.row(`${name}: the most that was held`, { ours: usage.memoryBytes / MIB, peer: peer.bytes === undefined ? undefined : peer.bytes / MIB, target: CAP / MIB, unit: 'MiB' });
    table.note(`${name}: ${result.ok ? 'it ended by itself' : error.code} here; ${peer.ok ? 'it ended by itself' : `${peer.value?.name ?? peer.value}: ${peer.value?.message ?? ''}`.slice(0, 60)} there`);
  }
}
