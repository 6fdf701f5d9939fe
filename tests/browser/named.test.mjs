// A flow that the manifest names: chosen and run by its name in the Run panel, with what the manifest says.

import { strict as assert } from 'node:assert';
import { openChromium, openFirefox } from './lib/browsers.mjs';
import { test } from './lib/suite.mjs';
import { choose, click, fill, find, openWorkbench, shows, until, value } from './lib/workbench.mjs';

const FLOW = `export default async function (flow) {
  await flow.fs.write('out/report.md', \`\${flow.args.days} \${flow.args.unit} \${flow.env.MODE}\`);
  return flow.args;
}
`;
const manifest = (flows) => JSON.stringify({ version: 1, flows });
const DAILY = { entry: 'flows/report.flow.js', description: 'Sums up the day', inputs: [{ id: 'days', label: 'Days', kind: 'number', optional: false }], args: { days: 1, unit: 'days' }, env: { MODE: 'quiet' }, limits: { cpuMsMax: 5_000 } };

async function journey({ page, server }) {
  const thrown = [];
  page.on('pageerror', (error) => thrown.push(String(error)));
  await openWorkbench(page, server.url);
  await value(page, 'write', { path: 'flows/report.flow.js', content: FLOW });
  await value(page, 'write', { path: 'flows/flow.config.json', content: manifest({ 'daily-report': DAILY, 'weekly-report': { ...DAILY, args: { days: 7, unit: 'days' } } }) });

  // The file and both of its names are there, each with what it is given.
  await choose(page, /^Flow/, 'weekly-report (flows/report.flow.js)');
  await until('the form has the week', async () => (await (await find(page, 'textbox', /^Days/)).evaluate((field) => field.value)) === '7');
  await choose(page, /^Flow/, 'daily-report (flows/report.flow.js)');
  await shows(page, /Sums up the day/);
  await fill(page, /^Days/, '3');
  await click(page, 'button', 'Run');
  const record = await until('its run is kept', async () => {
    const { runs } = await value(page, 'flow_runs', { limit: 1 });
    return runs[0] && JSON.parse((await value(page, 'read', { path: runs[0].record })).content);
  });
  assert.equal(record.status, 'succeeded', JSON.stringify(record.error));
  assert.deepEqual([record.name, record.path, record.args, record.env, record.limits.cpuMsMax], ['daily-report', 'flows/report.flow.js', { days: 3, unit: 'days' }, ['MODE'], 5_000]);
  assert.equal((await value(page, 'read', { path: 'out/report.md' })).content, '3 days quiet');

  // A name that is gone leaves the file chosen.
  await value(page, 'write', { path: 'flows/flow.config.json', content: manifest({}) });
  await find(page, 'button', 'Run report');
  assert.deepEqual(thrown, []);
}

test('Chromium: a named flow has a form of its own and runs with what the manifest says', async ({ server, defer }) => {
  await journey({ page: await (await openChromium(defer)).newPage(), server });
});

test('Firefox: the same', async ({ server, defer }) => {
  await journey({ page: await (await openFirefox(defer)).newPage(), server });
});
