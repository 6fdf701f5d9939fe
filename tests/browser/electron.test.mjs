// The desktop app without Electron: its main process in Node, its page in Chromium, served as the app serves it.

import { strict as assert } from 'node:assert';
import { openChromium } from './lib/browsers.mjs';
import { openApp } from './lib/electron.mjs';
import { approve, givePolicy } from './lib/person.mjs';
import { test } from './lib/suite.mjs';
import { agentLoop, FLOWS, POLICY } from '../loop/loop.mjs';
import { isGolden } from '../loop/normal.mjs';

for (const language of Object.keys(FLOWS))
  test(`programs of the main process do the whole loop with ${language} in the page’s workspace, and a person approves there`, async ({ defer }) => {
    const page = await (await openChromium(defer)).newPage();
    const complaints = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    const host = await openApp(defer, page);
    await host.call('workspace_status');
    await givePolicy(page, POLICY);
    isGolden(await agentLoop({ call: (name, input) => host.call(name, input), approve: approve(page) }, language), language);
    assert.equal(await page.evaluate(() => crossOriginIsolated), true, 'the page is isolated, as it is on the workbench’s own server');
    const [change] = (await host.call('history', { path: 'data/orders/10.json', limit: 1 })).value.changes;
    assert.deepEqual(change.origin, { kind: 'agent', name: 'Electron' });
    assert.deepEqual(complaints, [], 'the policies of the app let the page do all that');
  });

test('they hear what a run says, give it up, and hear of changes', async ({ defer }) => {
  const page = await (await openChromium(defer)).newPage();
  const host = await openApp(defer, page);
  const changed = [];
  host.on('changed', ({ paths }) => changed.push(...paths));
  await host.call('write', { path: 'flows/loop.flow.js', content: 'export default async (flow) => { for (let i = 1; ; i++) { flow.log(`step ${i}`); await new Promise((go) => setTimeout(go, 20)); } };\n' });
  const giveUp = new AbortController();
  const run = await host.call('run_flow', { path: 'flows/loop.flow.js' }, { signal: giveUp.signal, onLog: ({ text }) => text === 'step 3' && giveUp.abort() });
  assert.equal(run.error.code, 'CANCELLED');
  assert.ok(changed.includes('flows/loop.flow.js'));
});
