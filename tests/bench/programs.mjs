// How fast the two interpreters compute.

import { openChromium } from '../browser/lib/browsers.mjs';
import { openWorkbench, value } from '../browser/lib/workbench.mjs';
import { PROGRAMS } from './lib/programs.mjs';

export const title = 'throughput, computing time';

const ROUNDS = 5;
const PLENTY = { fuelMax: 1e12, cpuMsMax: 600_000, wallMsMax: 600_000, memoryBytesMax: 512 * 1024 * 1024 };

export async function measure({ site, defer, table }) {
  const context = await openChromium(defer);
  const page = await context.newPage();
  await openWorkbench(page, site.workbench);
  const bench = await context.newPage();
  await bench.goto(site.page);
  await bench.waitForFunction(() => window.bench);
  for (const [name, source] of Object.entries(PROGRAMS)) {
    const path = `bench/${name.replace(' ', '-')}.flow.js`;
    await value(page, 'write', { path, content: source });
    const [ours, peer] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      const record = await value(page, 'run_flow', { path, limits: PLENTY });
      const answer = await bench.evaluate(([parts, source]) => window.bench.peerRun(parts, { source }), [site.parts, source]);
      if (!answer.ok || answer.value !== record.value) throw new Error(`${name}: ${record.value} here, ${JSON.stringify(answer.value)} there`);
      ours.push(record.usage.cpuMs);
      peer.push(answer.evalMs);
    }
    table.row(name, { ours: Math.min(...ours), peer: Math.min(...peer) });
  }
  table.note(`the best of ${ROUNDS} rounds, taken in turns; both give the same results`);
}
