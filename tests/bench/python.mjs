// Python beside Pyodide in the same browser: how long until there is a result, how fast it computes, what it takes up.

import { brotliCompressSync, constants } from 'node:zlib';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openChromium } from '../browser/lib/browsers.mjs';
import { root } from '../browser/lib/server.mjs';
import { openWorkbench, ready, until, value } from '../browser/lib/workbench.mjs';
import { IN_A_FUNCTION, PROGRAMS } from './lib/python-programs.mjs';
import { median, quantile } from './lib/table.mjs';
import { visits } from './start.mjs';

export const title = 'Python';
export const peer = 'pyodide';

const RUNS = 60;
const PEER_RUNS = 5;
const WARM_UP = 10;
const ROUNDS = 3;
const VISITS = 5;
/** How long a page stands before anybody does something in it. */
const SETTLE_MS = 2_000;
const PLENTY = { fuelMax: 1e12, cpuMsMax: 600_000, wallMsMax: 600_000, memoryBytesMax: 512 * 1024 * 1024 };

/** What a usual workflow imports, and no more. */
const USUAL = 'import json, csv, re, datetime, asyncio, dataclasses, logging\njson.dumps([1 + 1])';

export async function measure({ site, defer, table }) {
  const ours = await visits(defer, site.workbench, (page) => firstResult(page, 0), VISITS);
  const typed = await visits(defer, site.workbench, (page) => firstResult(page, SETTLE_MS), VISITS);
  const theirs = await visits(defer, site.page, (page) => page.evaluate(async ([parts, source]) => (await window.bench.peerRun({ peer: parts.python }, { source })).ms, [site.parts, USUAL]), VISITS);
  table.row('from click to first result, first visit, the file written just now', { ours: median(ours.first), peer: median(theirs.first), target: 250 });
  table.row(`from click to first result, first visit, the file written ${SETTLE_MS / 1000} s ago`, { ours: median(typed.first), peer: median(theirs.first), target: 250 });
  table.row('from click to first result, revisit', { ours: median(ours.again), peer: median(theirs.again), target: 60 });
  table.row('from click to first result, revisit in a browser that has just been started', { ours: median(ours.started), peer: median(theirs.started), target: 60 });

  const context = await openChromium(defer);
  const page = await context.newPage();
  await openWorkbench(page, site.workbench);
  const bench = await context.newPage();
  await bench.goto(site.page);
  await bench.waitForFunction(() => window.bench);
  for (const [name, source] of [['1 + 1', '1 + 1\n'], ['with the usual imports', USUAL]]) {
    const path = `bench/${name.replace(/\W/g, '')}.py`;
    await value(page, 'write', { path, content: source });
    const { whole, inside } = await page.evaluate(runAgain, [path, RUNS, WARM_UP]);
    const alone = (await bench.evaluate(([parts, source, runs]) => window.bench.runnerTimes(parts, 'guest-py', source, runs), [site.parts, source, RUNS + WARM_UP])).slice(WARM_UP);
    const peers = [];
    for (let run = 0; run < PEER_RUNS; run += 1) peers.push((await bench.evaluate(([parts, source]) => window.bench.peerRun({ peer: parts.python }, { source }), [site.parts, source])).ms);
    table.row(`a fresh isolated run, ${name}: whole run_flow, p50`, { ours: median(whole), peer: median(peers), target: 10 });
    table.row(`a fresh isolated run, ${name}: whole run_flow, p95`, { ours: quantile(whole, 0.95), peer: quantile(peers, 0.95) });
    table.row(`a fresh isolated run, ${name}: in the runner, p50`, { ours: median(inside), target: 3 });
    table.row(`a fresh isolated run, ${name}: one after the other in a runner, reset included, p50`, { ours: median(alone) });
    table.row(`a fresh isolated run, ${name}: the same, p95`, { ours: quantile(alone, 0.95) });
  }

  const ratios = [];
  for (const [name, source] of [...Object.entries(PROGRAMS), ['string building in a function', IN_A_FUNCTION]]) {
    const path = `bench/${name.replaceAll(' ', '_')}.py`;
    await value(page, 'write', { path, content: source });
    const [fast, peers] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      const record = await value(page, 'run_flow', { path, limits: PLENTY });
      const answer = await bench.evaluate(([parts, source]) => window.bench.peerRun({ peer: parts.python }, { source }), [site.parts, source]);
      if (String(record.value) !== answer.value) throw new Error(`${name}: ${record.value} here, ${answer.value} there`);
      fast.push(record.usage.cpuMs);
      peers.push(answer.evalMs);
    }
    if (name in PROGRAMS) ratios.push(Math.min(...fast) / Math.min(...peers));
    table.row(`computing: ${name}`, { ours: Math.min(...fast), peer: Math.min(...peers) });
  }
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
  table.row('computing: all six, geometric mean', { ours: mean, peer: 1, unit: 'x' });

  const record = await value(page, 'run_flow', { path: 'bench/withtheusualimports.py' });
  const there = await bench.evaluate(([parts, source]) => window.bench.peerRun({ peer: parts.python }, { source }), [site.parts, USUAL]);
  table.row('memory of an instance', { ours: record.usage.memoryBytes / 2 ** 20, peer: there.bytes / 2 ** 20, unit: 'MiB' });
  const halves = readdirSync(join(root, 'dist/assets')).filter((name) => /^guest-py\..*\.wasm$/.test(name)).map((name) => join(root, 'dist/assets', name));
  const pyodide = ['pyodide.mjs', 'pyodide.asm.mjs', 'pyodide.asm.wasm', 'python_stdlib.zip'].map((name) => join(root, 'node_modules/pyodide', name));
  const wire = (files) => files.reduce((sum, file) => sum + compressed(readFileSync(file)), 0) / 1e6;
  table.row('bytes over the wire, once', { ours: wire(halves), peer: wire(pyodide), target: 3.3, unit: 'MB' });
  table.note(`first results: medians of ${VISITS} profiles, a script with the usual imports, lint, snapshot, record and a durable write included, in a page that stood for ${SETTLE_MS / 1000} s; the interpreter is fetched when a Python file is first read, and made ready with the page by who has it; the peer: a Worker, the interpreter, the script`);
  table.note(`isolated runs: ${RUNS}; the peer: ${PEER_RUNS} fresh Workers. Computing: the best of ${ROUNDS} rounds, taken in turns; both give the same results`);
}

const compressed = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length;

/** Milliseconds from the click to the first result of a Python script, in a page that has run none, so long after it was written. */
async function firstResult(page, afterMs) {
  await ready(page);
  await page.waitForTimeout(SETTLE_MS);
  await value(page, 'write', { path: 'bench/usual.py', content: USUAL });
  await page.waitForTimeout(afterMs);
  const ms = await page.evaluate(async () => {
    const start = performance.now();
    const result = await window.selvage.tools.call('run_flow', { path: 'bench/usual.py' });
    if (!result.ok) throw new Error(JSON.stringify(result.error));
    return performance.now() - start;
  });
  await until('the service worker holds the page', () => page.evaluate(() => navigator.serviceWorker.controller !== null));
  return ms;
}

// Runs in the page.
async function runAgain([path, runs, warmUp]) {
  const [whole, inside] = [[], []];
  for (let run = 0; run < runs + warmUp; run += 1) {
    const start = performance.now();
    const result = await window.selvage.tools.call('run_flow', { path });
    const ms = performance.now() - start;
    if (!result.ok) throw new Error(JSON.stringify(result.error));
    if (run < warmUp) continue;
    whole.push(ms);
    inside.push(result.value.usage.wallMs);
  }
  return { whole, inside };
}
