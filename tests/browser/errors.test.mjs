// Every error that can be had from the page is data: a code of the closed list, a message, a hint.

import { strict as assert } from 'node:assert';
import { openChromium } from './lib/browsers.mjs';
import { allCodes, readCases } from './lib/cases.mjs';
import { test } from './lib/suite.mjs';
import { call, openWorkbench, until } from './lib/workbench.mjs';

test('every case of the table of errors gives its code, with a message and what to do', async ({ server, defer, note }) => {
  const page = await (await openChromium(defer)).newPage();
  await openWorkbench(page, server.url);
  await page.evaluate(`window.caseCall = ${caseCall}`);
  const ask = ({ name, input }) => page.evaluate(([name, input]) => window.caseCall(name, input), [name, input]);
  const wrong = [];
  const seen = new Set();
  for (const one of readCases()) {
    const problem = await checkCase(ask, one);
    if (problem) wrong.push(`${one.code} (${one.why}): ${problem}`);
    seen.add(one.code);
  }
  note(`${seen.size} of ${allCodes().length} codes can be had from the page`);
  assert.deepEqual(wrong, []);
  assert.equal((await call(page, 'workspace_status', {})).ok, true, 'the workbench goes on');
});

async function checkCase(ask, { code, setup = [], call, expect = {}, meanwhile, after }) {
  for (const step of setup) {
    for (let times = step.times ?? 1; times > 0; times -= 1) {
      const result = await ask(step);
      if (!result.ok) return `its set-up failed at ${step.name}: ${JSON.stringify(result.error)}`;
    }
  }
  const asking = ask(call);
  if (meanwhile) await ACTIONS[meanwhile](ask);
  const result = await asking;
  if (after) await ACTIONS[after](ask);
  if (result.ok) return `it worked: ${JSON.stringify(result).slice(0, 200)}`;
  const { error } = result;
  if (error.code !== code) return `it gave ${error.code}: ${error.message}`;
  if (!(error.message?.length > 10)) return `its message says nothing: ${error.message}`;
  if (!(error.hint?.length > 10) && !PLAIN.has(code)) return `it has no hint: ${error.message}`;
  for (const [key, wanted] of Object.entries(expect)) {
    if (error[key] !== wanted) return `its ${key} is ${JSON.stringify(error[key])} and not ${JSON.stringify(wanted)}`;
  }
  return undefined;
}

/** What a flow's author or a caller did on purpose needs no advice. */
const PLAIN = new Set(['RUNTIME_EXCEPTION', 'CANCELLED']);

/** What a case may want to happen besides calls that are known before. */
const ACTIONS = {
  'cancel-runs': async (ask) => {
    const under = await until('a run is under way', async () => {
      const { value } = await ask({ name: 'flow_runs', input: { limit: 1000 } });
      const open = value.runs.filter((one) => one.status === 'running' || one.status === 'queued');
      return open.some((one) => one.status === 'running') && open;
    });
    // The last first, so that none of them starts only to be cancelled.
    for (const { run } of under.reverse()) await ask({ name: 'flow_cancel', input: { run } });
  },
};

// Runs in the page: large texts are made there, so that they are not carried over.
function caseCall(name, input) {
  const grown = (value) => {
    if (Array.isArray(value)) return value.map(grown);
    if (value === null || typeof value !== 'object') return value;
    if ('$repeat' in value) return value.$repeat[0].repeat(value.$repeat[1]);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, grown(inner)]));
  };
  return window.selvage.tools.call(name, grown(input));
}

test('a code that the page cannot give is in a short list, and everything else is in the table', async () => {
  const covered = new Set(readCases().map((one) => one.code));
  const missing = allCodes().filter((code) => !covered.has(code));
  assert.deepEqual(missing, ELSEWHERE, 'a new code needs a case in tests/errors/cases.json');
  assert.deepEqual([...covered].filter((code) => !allCodes().includes(code)), [], 'every case has a code of the list');
});

/** What only time, devices apart, broken storage, a broken interpreter or a host without executors shows; `cargo test` covers these. */
const ELSEWHERE = ['THINNED', 'SCOPE_CHANGED', 'EXECUTOR_UNAVAILABLE', 'GUEST_CRASHED', 'STORAGE_FULL', 'STORAGE_FAILED', 'DAMAGED', 'INTERNAL'];
