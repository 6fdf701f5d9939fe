// The hostile corpus in the page: the right code each, a page that stays responsive, a next run that finds a clean
// world, and the verdicts of the native executor, fuel included.

import { strict as assert } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import { openChromium } from './lib/browsers.mjs';
import { hostilePrograms, nativeVerdicts } from './lib/hostile.mjs';
import { test } from './lib/suite.mjs';
import { openWorkbench, value } from './lib/workbench.mjs';

const LONG_TASK_MS_MAX = 100;
/** Browsers that share the programs, each of which keeps a processor busy half of its time. */
const LANES = 2;
/** A task is a run's fault when it is long each time: a machine may be busy with something else. */
const LOOKS = 3;
const START_MS = 1_700_000_000_000;

/**
 * What a run after a hostile one finds of the world, by guest. It lies in a folder of the starter workspace: looking through the
 * root costs fuel by what is in it, and there is nothing more in the native executor's.
 */
const CLEAN = {
  'guest-js': {
    path: 'flows/clean.flow.js',
    content: `const names = (object) => Object.getOwnPropertyNames(object).length;
export default async (flow) => {
  const own = [Object.prototype, Array.prototype, Promise.prototype, Function.prototype, Error.prototype, globalThis, flow, flow.fs];
  return [own.map(names), [...[1, 2]].join(), Math.random(), Date.now(), JSON.stringify([1])];
};
`,
  },
  'guest-py': {
    path: 'flows/clean.py',
    content: `import asyncio, builtins, json, logging, os, random, sys, time
[len(vars(builtins)), len(vars(os)), len(sys.modules), sys.getrecursionlimit(), random.random(), time.time() > 0, json.dumps([1]), len(sys.meta_path)]
`,
  },
};

/** How far two receipts may lie apart: a run's random name is part of its job, and names hash in different places. */
const sameFuel = (a, b) => Math.abs(a - b) <= 10 + a / 200;

/** A browser's own stack may be at its end before the guest's is. */
const endsSooner = (code, here, there) => code === 'QUOTA_STACK' && here <= there;

const verdicts = new Map();
const guestHashes = {};

test('every hostile program ends with its code, the page stays responsive, and the next run finds a clean world', { timeMsMax: 1_200_000 }, async ({ server, defer, note }) => {
  const programs = hostilePrograms().filter(({ name }) => name.includes(process.env.SELVAGE_HOSTILE ?? ''));
  assert.ok(process.env.SELVAGE_HOSTILE || programs.length >= 60, `there are ${programs.length} programs`);
  const lanes = Array.from({ length: LANES }, (_, lane) => programs.filter((_, at) => at % LANES === lane));
  const found = await Promise.all(lanes.map((share) => runAll(defer, server.url, share)));
  note(`${programs.length} programs; the longest task of the page had ${Math.round(Math.max(...found.map(({ longest }) => longest)))} ms`);
  assert.deepEqual(found.flatMap(({ wrong }) => wrong), []);
});

/** Runs programs in a browser of their own; gives what was wrong, and the page's longest task. */
async function runAll(defer, url, programs) {
  // The kernel's own fetches must be seen here, and go nowhere.
  const context = await openChromium(defer, { serviceWorkers: 'block' });
  await context.route(/^https?:\/\/(?!localhost)/, (route) => route.abort());
  const page = await context.newPage();
  await openWorkbench(page, url);
  for (const clean of Object.values(CLEAN)) await value(page, 'write', clean);
  assert.ok((await page.evaluate(watchTasks)) > LONG_TASK_MS_MAX, 'a long task would be seen');
  const { heads } = await value(page, 'workspace_status', {});
  const clean = {};
  for (const [guest, { path }] of Object.entries(CLEAN)) {
    const record = await value(page, 'run_flow', { path, seed: 1, startMs: START_MS });
    [clean[guest], guestHashes[guest]] = [record.value, record.guestHash];
  }

  const wrong = [];
  let longest = 0;
  for (const program of programs) {
    let found = await look(page, { program, heads });
    verdicts.set(program.name, { program, code: found.code, usage: found.usage });
    for (const problem of faults(program, found, clean[program.guest])) wrong.push(`${program.name}: ${problem}`);
    for (let times = 1; found.longest > LONG_TASK_MS_MAX; times += 1) {
      if (times === LOOKS) {
        wrong.push(`${program.name}: the page had a task of ${Math.round(found.longest)} ms, ${LOOKS} times out of ${LOOKS}`);
        break;
      }
      found = await look(page, { program, heads });
    }
    longest = Math.max(longest, found.longest);
  }
  return { wrong, longest };
}

/** As JSON both ways: the debugger's own way of passing values knows no key `__proto__`. */
const look = async (page, what) => JSON.parse(await page.evaluate(runHostile, JSON.stringify({ ...what, start: START_MS, clean: CLEAN[what.program.guest].path })));

function faults({ name, expect, value, limits }, { code, said, result, usage, after }, clean) {
  const wrong = [];
  if (!expect.includes(code)) wrong.push(`ended with ${code} instead of ${expect.join(' or ')}: ${said}`);
  if (value !== undefined && code === 'OK' && !isDeepStrictEqual(result, value)) wrong.push(`gave ${JSON.stringify(result)} instead of ${JSON.stringify(value)}`);
  if (code !== 'OK' && !(said?.length > 5)) wrong.push(`its error says nothing: ${said}`);
  if (usage && usage.memoryBytes > limits.memoryBytesMax) wrong.push(`held ${usage.memoryBytes} of ${limits.memoryBytesMax} bytes of memory`);
  if (usage && usage.fuel > limits.fuelMax) wrong.push(`used ${usage.fuel} of ${limits.fuelMax} units of fuel`);
  if (!isDeepStrictEqual(after, clean)) wrong.push(`left something behind: the next run found ${JSON.stringify(after)} instead of ${JSON.stringify(clean)}`);
  return wrong;
}

// Runs in the page: watches for long tasks, and gives the length of one that it makes itself.
async function watchTasks() {
  window.longTasks = [];
  new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: 'longtask' });
  await new Promise((resolve) => setTimeout(resolve));
  const end = performance.now() + 150;
  while (performance.now() < end);
  await new Promise((resolve) => setTimeout(resolve, 100));
  return Math.max(0, ...window.longTasks);
}

// Runs in the page: one program, the run after it, and the workspace as it was before both.
async function runHostile(what) {
  const { program, heads, start, clean } = JSON.parse(what);
  const { tools } = window.selvage;
  const must = async (name, input) => {
    const result = await tools.call(name, input);
    if (!result.ok) throw new Error(`${program.name}, ${name}: ${JSON.stringify(result.error)}`);
    return result.value;
  };
  for (const [path, content] of [[program.path, program.text], ...Object.entries(program.files)]) await must('write', { path, content });
  window.longTasks.length = 0;
  const { path, args, limits, grant } = program;
  const result = await tools.call('run_flow', { path, args, limits, seed: 1, startMs: start, ...(grant ? { grant } : {}) });
  const [latest] = (await must('flow_runs', { path, limit: 1 })).runs;
  const usage = latest && (await must('flow_status', { run: latest.run })).usage;
  const next = await tools.call('run_flow', { path: clean, seed: 1, startMs: start });
  // Long tasks are told after they end.
  await new Promise((resolve) => setTimeout(resolve, 20));
  const longest = Math.max(0, ...window.longTasks);
  await must('restore', { at: heads });
  return JSON.stringify({
    code: result.ok ? 'OK' : result.error.code,
    said: result.ok ? undefined : result.error.message,
    result: result.ok ? result.value.value : undefined,
    usage,
    after: next.ok ? next.value.value : next.error,
    longest,
  });
}

test('the verdicts are those of the native executor, and the receipts agree but for the name of the run', async ({ note }) => {
  const native = nativeVerdicts();
  assert.deepEqual(native.guests, guestHashes, 'the native verdicts are of another guest: run `cargo test -p selvage-host` again');
  const wrong = [];
  let compared = 0;
  for (const [name, { program, code, usage }] of verdicts) {
    const there = native.programs[name];
    // A browser's own stack is larger or smaller, and so at its end before or after another limit: then both are expected.
    const byStack = [there?.code, code].includes('QUOTA_STACK') && program.expect.includes(there?.code);
    if (there?.code !== code && !byStack) wrong.push(`${name}: ${code} here, ${there?.code} natively`);
    else if (!program.timed && there.fuel !== null && there.code === code) {
      compared += 1;
      if (!sameFuel(there.fuel, usage?.fuel) && !endsSooner(code, usage?.fuel, there.fuel)) wrong.push(`${name}: ${usage?.fuel} units of fuel here, ${there.fuel} natively`);
    }
  }
  note(`${verdicts.size} verdicts, ${compared} receipts`);
  assert.deepEqual(wrong, []);
});
