// A trivial flow, again and again, in a workbench that is open.

import { openChromium } from '../browser/lib/browsers.mjs';
import { openWorkbench, value } from '../browser/lib/workbench.mjs';
import { median, quantile } from './lib/table.mjs';

export const title = 'warm run of a trivial flow';

const RUNS = 200;
const PEER_RUNS = 60;
/** The first runs warm up what every later one uses. */
const WARM_UP = 20;

export async function measure({ site, defer, table }) {
  const context = await openChromium(defer);
  const page = await context.newPage();
  await openWorkbench(page, site.workbench);
  await value(page, 'write', { path: 'bench/trivial.flow.js', content: '6 * 7;\n' });
  const { whole, inside } = await page.evaluate(runTrivial, [RUNS, WARM_UP]);
  const bench = await context.newPage();
  await bench.goto(site.page);
  await bench.waitForFunction(() => window.bench);
  const peer = await bench.evaluate(async ([parts, runs]) => {
    const found = [];
    for (let run = 0; run < runs; run += 1) found.push((await window.bench.peerRun(parts, { source: '6 * 7' })).ms);
    return found;
  }, [site.parts, PEER_RUNS]);
  await page.close();
  const turns = (await bench.evaluate(([parts, runs]) => window.bench.runnerTimes(parts, 'guest-js', '6 * 7', runs), [site.parts, RUNS + WARM_UP])).slice(WARM_UP);
  const alone = (await bench.evaluate(([parts, path, runs]) => window.bench.kernelRuns(parts, path, '6 * 7;\n', runs), [site.parts, 'bench/alone.flow.js', RUNS + WARM_UP])).slice(WARM_UP);
  table.row('whole run_flow, p50', { ours: median(whole), peer: median(peer), target: 5 });
  table.row('whole run_flow, p95', { ours: quantile(whole, 0.95), peer: quantile(peer, 0.95) });
  table.row('the same without a page that follows, p50', { ours: median(alone), target: 5 });
  table.row('the same without a page that follows, p95', { ours: quantile(alone, 0.95) });
  table.row('in the runner, p50', { ours: median(inside), target: 0.5 });
  table.row('in the runner, p95', { ours: quantile(inside, 0.95) });
  table.row('one after the other in a runner, reset included, p50', { ours: median(turns) });
  table.row('one after the other in a runner, reset included, p95', { ours: quantile(turns, 0.95) });
  table.note(`${RUNS} runs, each with lint, snapshot, record and a durable write; the peer: ${PEER_RUNS} fresh Workers, nothing kept`);
}

// Runs in the page.
async function runTrivial([runs, warmUp]) {
  const [whole, inside] = [[], []];
  for (let run = 0; run < runs + warmUp; run += 1) {
    const start = performance.now();
    const result = await window.selvage.tools.call('run_flow', { path: 'bench/trivial.flow.js' });
    const ms = performance.now() - start;
    if (!result.ok) throw new Error(JSON.stringify(result.error));
    if (run < warmUp) continue;
    whole.push(ms);
    inside.push(result.value.usage.wallMs);
  }
  return { whole, inside };
}
