// How fast a run ends that must: past its deadline, and when somebody cancels it.

import { openChromium } from '../browser/lib/browsers.mjs';
import { openWorkbench, value } from '../browser/lib/workbench.mjs';
import { median, quantile } from './lib/table.mjs';

export const title = 'stopping a run';

const DEADLINE_MS = 60;
const ROUNDS = 20;
const CANCELS = 100;

/** Programs that never end by themselves, each stuck in another part of the interpreter. */
const ENDLESS = {
  'a loop': 'for (;;);',
  'a regular expression': `/^(a+)+$/.test("${'a'.repeat(64)}b");`,
  'big integers': 'let n = 3n; for (;;) n = n * n % (1n << 20000n) + 1n;',
  'sorting': 'const list = Array.from({ length: 3000 }, (_, i) => (i * 7919) % 3001); for (;;) list.sort(() => (list.length % 2 ? 1 : -1));',
  'a promise flood': 'const again = () => Promise.resolve().then(again); again();',
};

export async function measure({ site, bare, defer, table }) {
  for (const [where, { workbench, page: benchUrl, parts }] of [['isolated', site], ['without isolation', bare]]) {
    const context = await openChromium(defer);
    const page = await context.newPage();
    await openWorkbench(page, workbench);
    const bench = await context.newPage();
    await bench.goto(benchUrl);
    await bench.waitForFunction(() => window.bench);
    const [ours, seen, peer] = [[], [], []];
    for (const [name, source] of Object.entries(ENDLESS)) {
      const path = `bench/${name.replaceAll(' ', '-')}.flow.js`;
      await value(page, 'write', { path, content: source });
      const late = await page.evaluate(overshoot, { path, deadlineMs: DEADLINE_MS, rounds: ROUNDS });
      ours.push(...late.told);
      seen.push(...late.seen);
      // The peer's interrupt handler is only asked between bytecodes: some of these it never ends.
      if (source.startsWith('for')) {
        for (let round = 0; round < ROUNDS; round += 1) {
          const { evalMs } = await bench.evaluate(([parts, request]) => window.bench.peerRun(parts, request), [parts, { source, deadlineMs: DEADLINE_MS }]);
          peer.push(evalMs - DEADLINE_MS);
        }
      }
    }
    table.row(`past the deadline, p50, ${where}`, { ours: median(ours), peer: median(peer), target: 5 });
    table.row(`past the deadline, p99, ${where}`, { ours: quantile(ours, 0.99), peer: quantile(peer, 0.99), target: 15 });
    table.row(`the same as the caller sees it, p99, ${where}`, { ours: quantile(seen, 0.99) });
    const cancels = await page.evaluate(cancel, { path: 'bench/a-loop.flow.js', rounds: CANCELS });
    const recoveries = [];
    for (let round = 0; round < 10; round += 1) recoveries.push(await bench.evaluate((parts) => window.bench.peerRecovery(parts), parts));
    table.row(`cancel, p50, ${where}`, { ours: median(cancels), peer: median(recoveries) });
    table.row(`cancel, p99, ${where}`, { ours: quantile(cancels, 0.99), peer: quantile(recoveries, 0.99), target: 15 });
    table.row(`cancel, the slowest, ${where}`, { ours: Math.max(...cancels), peer: Math.max(...recoveries) });
    await context.close();
  }
  table.note(`${Object.keys(ENDLESS).length} endless programs, ${ROUNDS} times each, ${CANCELS} cancels; the peer's deadline is for a plain loop only,`);
  table.note('and its cancel is to terminate the Worker and to have a fresh one answer, since nothing else reaches it');
}

// Runs in the page: how late each run ended by its receipt, and for its caller.
async function overshoot({ path, deadlineMs, rounds }) {
  const { tools } = window.selvage;
  const [told, seen] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    const result = await tools.call('run_flow', { path, limits: { fuelMax: 1e12, cpuMsMax: deadlineMs } });
    seen.push(performance.now() - start - deadlineMs);
    if (result.ok || result.error.code !== 'QUOTA_CPU') throw new Error(`${path}: ${JSON.stringify(result)}`);
    const { run } = (await tools.call('flow_runs', { limit: 1 })).value.runs[0];
    told.push((await tools.call('flow_status', { run })).value.usage.cpuMs - deadlineMs);
  }
  return { told, seen };
}

// Runs in the page: from the cancel to the caller's answer.
async function cancel({ path, rounds }) {
  const { tools } = window.selvage;
  const found = [];
  for (let round = 0; round < rounds; round += 1) {
    const ended = tools.call('run_flow', { path, limits: { fuelMax: 1e12, cpuMsMax: 600_000, wallMsMax: 600_000 } });
    let running;
    while (!running) running = (await tools.call('flow_runs', { limit: 5 })).value.runs.find((one) => one.status === 'running');
    await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 30));
    const start = performance.now();
    void tools.call('flow_cancel', { run: running.run });
    const result = await ended;
    found.push(performance.now() - start);
    if (result.ok || result.error.code !== 'CANCELLED') throw new Error(JSON.stringify(result));
  }
  return found;
}
