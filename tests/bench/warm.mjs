// A trivial flow, again and again, in a workbench that is open.

import { openChromium } from '../browser/lib/browsers.mjs';
import { openWorkbench, value } from '../browser/lib/workbench.mjs';
import { median, quantile } from './lib/table.mjs';

export const title = 'warm run of a trivial flow';

const RUNS = 200;
const PEER_RUNS = 60;

export async function measure({ site, defer, table }) {
  const context = await openChromium(defer);
  const page = await context.newPage();
  await openWorkbench(page, site.workbench);
  await value(page, 'write', { path: 'bench/trivial.flow.js', content: '6 * 7;\n' });
  const { whole, inside } = await page.evaluate(runTrivial, RUNS);
  const bench = await context.newPage();
  await bench.goto(site.page);
  await bench.waitForFunction(() => window.bench);
  const peer = await bench.evaluate(async ([parts, runs]) => {
    const found = [];
    for (let run = 0; run < runs; run += 1) found.push((await window.bench.peerRun(parts, { source: '6 * 7' })).ms);
    return found;
  }, [site.parts, PEER_RUNS]);
  table.row('whole run_flow, p50', { ours: median(whole), peer: median(peer), target: 5 });
  table.row('whole run_flow, p95', { ours: quantile(whole, 0.95), peer: quantile(peer, 0.95) });
  table.row('in the runner, p50', { ours: median(inside), target: 0.5 });
  table.row('in the runner, p95', { ours: quantile(inside, 0.95) });
  table.note(`${RUNS} runs, each with lint, snapshot, record and a durable write; the peer: ${PEER_RUNS} fresh Workers, nothing kept`);
}

// Runs in the page.
async function runTrivial(runs) {
  const [whole, inside] = [[], []];
  for (let run = 0; run < runs + 20; run += 1) {
    const start = performance.now();
    const result = await window.selvage.tools.call('run_flow', { path: 'bench/trivial.flow.js' });
    const ms = performance.now() - start;
    if (!result.ok) throw new Error(JSON.stringify(result.error));
    // The first runs warm up what every later one uses.
    if (run < 20) continue;
    whole.push(ms);
    inside.push(result.value.usage.wallMs);
  }
  return { whole, inside };
}
