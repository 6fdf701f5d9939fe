// The way of a run in the Output panel: a gate is decided where the run waits, and a dry run shows what it would change.

import { strict as assert } from 'node:assert';
import { openChromium, openFirefox } from './lib/browsers.mjs';
import { test } from './lib/suite.mjs';
import { call, click, find, openWorkbench, shows, until, value } from './lib/workbench.mjs';

const FLOW = 'flows/note.flow.js';
const ASKING = 'flows/asking.flow.js';
const WALL_MS = 1_500;

async function journey({ page, server }) {
  await openWorkbench(page, server.url);
  await value(page, 'write', { path: 'data/plan.md', content: 'one\ntwo\n' });
  await value(page, 'write', { path: FLOW, content: "export default async (flow) => {\n  await flow.fs.write('data/plan.md', 'one\\nthree\\n');\n};\n" });
  await value(page, 'write', { path: ASKING, content: "export default async (flow) => flow.call('write', { path: 'published/a.md', content: String(Math.random()) });\n" });
  await click(page, 'button', /^note/);
  await click(page, 'button', 'Dry run');
  await click(page, 'tab', /^Files ?\d/);
  await shows(page, /A dry run keeps nothing\./);
  await shows(page, /−\s*two/);
  await shows(page, /\+\s*three/);

  // The example of a policy has a person asked about what flows write there.
  await page.keyboard.down('Alt');
  await page.keyboard.press('8');
  await page.keyboard.up('Alt');
  await click(page, 'button', 'Make a policy file');
  await shows(page, /Nothing of this is saved yet/);
  await click(page, 'button', 'Save');
  await until('the policy is there', async () => (await call(page, 'stat', { path: 'selvage.policy.yaml' })).ok);
  await click(page, 'button', 'Run');
  await shows(page, /Waits for approval/);
  await click(page, 'tab', 'Timeline');
  await shows(page, /Land\s+waits for a person/);
  const sight = await page.evaluate(() => {
    const { top, bottom } = document.querySelector('[aria-label="Steps of the run"]').parentElement.getBoundingClientRect();
    const step = document.querySelector('[aria-label="Steps of the run"] [aria-current="step"]').getBoundingClientRect();
    return { step: step.top >= top - 1 && step.top < bottom - 60, moved: window.scrollY, below: document.documentElement.scrollHeight - innerHeight };
  });
  assert.deepEqual(sight, { step: true, moved: 0, below: 0 }, 'the step that waits is in sight, and the page has not moved for it');
  await click(page, 'button', 'Approve');
  const content = async () => (await value(page, 'read', { path: 'data/plan.md' })).content;
  await until('what was approved lands', async () => (await content()) === 'one\nthree\n');
  await value(page, 'write', { path: 'drafts/later.md', content: 'later' });

  // What it changed ends where it ended.
  await click(page, 'button', 'What it changed');
  await find(page, 'button', /^edited data\/plan\.md/);
  const rows = await page.evaluate(() => [...document.querySelectorAll('dialog[open] [aria-label="Changed by it"] li')].map(({ innerText }) => innerText.replace(/\s+/g, ' ').trim()));
  assert.deepEqual(rows, ['edited data/plan.md']);
  await page.keyboard.press('Escape');

  // A call in the middle of a run waits as well, and for so long the run's clock stands still.
  await click(page, 'treeitem', /^asking\.flow\.js/);
  await click(page, 'checkbox', /write/);
  await click(page, 'button', 'Run');
  await click(page, 'tab', 'Timeline');
  await shows(page, /Run\s+waits for a person/);
  await shows(page, /It goes on when you answer; its clock stands still/);
  await click(page, 'button', 'Approve');
  await shows(page, /Land\s+it changed no files/);
  const { run } = await value(page, 'run_flow', { path: ASKING, seed: 7, allowTools: ['write'], limits: { wallMsMax: WALL_MS }, wait: false });
  await click(page, 'tab', 'History');
  await click(page, 'button', /^Running asking/);
  await click(page, 'tab', 'Timeline');
  await shows(page, /Run\s+waits for a person/);
  // The note that leads there goes after some seconds.
  await click(page, 'button', 'Look');
  await new Promise((resolve) => setTimeout(resolve, 2 * WALL_MS));
  await click(page, 'button', 'Approve');
  await until('the run goes on to its end', async () => (await value(page, 'flow_status', { run })).status === 'succeeded');
  assert.equal((await value(page, 'history', { path: 'published/a.md' })).changes.length, 2);
}

test('Chromium: a run is followed and decided in its timeline', async ({ server, defer }) => {
  await journey({ page: await (await openChromium(defer)).newPage(), server });
});

test('Firefox: the same', async ({ server, defer }) => {
  await journey({ page: await (await openFirefox(defer)).newPage(), server });
});
