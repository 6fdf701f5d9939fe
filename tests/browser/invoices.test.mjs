// The first journey: a CSV from the device, a flow, its report; and the same without any server.

import { strict as assert } from 'node:assert';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openChromium, openFirefox } from './lib/browsers.mjs';
import { startServer } from './lib/server.mjs';
import { removeFolder, test } from './lib/suite.mjs';
import { click, fill, find, openWorkbench, ready, shows, until, value } from './lib/workbench.mjs';

const HEAD = 'invoice,customer,issued,due,currency,amount,status,note\n';

/** Two invoices can be used, one is overdue, and the last row is wrong. */
const FIRST = {
  name: 'autumn.csv',
  text: `${HEAD}A-1,"Weber & Sons, Ltd",2026-09-01,2026-09-30,EUR,1200.50,paid,\nA-2,Café Nord,2026-09-15,2026-10-15,EUR,99.50,open,\nA-3,Nobody,2026-09-16,2026-10-16,EUR,ninety,open,\n`,
  billed: /EUR\s+2\s+1,300\.00\s+1,200\.50\s+99\.50/,
};
const SECOND = {
  name: 'winter.csv',
  text: `${HEAD}B-1,Østlund,2026-10-20,2026-11-19,GBP,10.00,paid,\nB-2,Østlund,2026-10-21,2026-11-20,GBP,5.25,open,\n`,
  billed: /GBP\s+2\s+15\.25\s+10\.00\s+5\.25/,
};

/** Brings a CSV into the workspace, runs the invoice flow on it, and reads the report on the screen. */
async function reportOn(page, csv, upload) {
  await click(page, 'treeitem', /^invoices\.flow\.js/);
  await find(page, 'textbox', /^Invoices \(CSV\)/);
  await upload(page, csv);
  const field = await find(page, 'textbox', /^Invoices \(CSV\)/);
  await until('the form names the uploaded file', async () => (await field.evaluate((element) => element.value)) === `data/${csv.name}`);
  await fill(page, /^Report as of/, '2026-11-01');
  await click(page, 'button', /^Run invoices$/);
  await click(page, 'button', 'reports/invoices/report.md');
  await click(page, 'button', 'Preview');
  await shows(page, new RegExp(`data/${csv.name}`));
  await shows(page, csv.billed);
}

/** The journey itself, in any browser. */
async function journey({ page, server, upload, goOffline }) {
  await openWorkbench(page, server.url);
  await reportOn(page, FIRST, upload);
  const summary = JSON.parse((await value(page, 'read', { path: 'reports/invoices/summary.json' })).content);
  assert.deepEqual(summary.rejected.map((row) => row.line), [4], 'the wrong row is told');

  await until('the service worker holds the whole page', () => page.evaluate(() => navigator.serviceWorker.controller !== null));
  await server.stop();
  await goOffline?.();
  await page.reload();
  await ready(page);
  const reached = await page.evaluate(() => fetch('./not-kept-by-anybody').then(() => true, () => false));
  assert.equal(reached, false, 'neither the server nor the network answers');
  assert.equal(await page.evaluate(() => crossOriginIsolated), true, 'the page is as isolated as when it was served');
  const kept = await value(page, 'read', { path: `data/${FIRST.name}` });
  assert.equal(kept.content, FIRST.text, 'the uploaded file is still there');
  await reportOn(page, SECOND, upload);
}

/** By the button of the form, from a file on the device. */
function uploadByButton(defer) {
  const folder = mkdtempSync(join(tmpdir(), 'selvage-csv-'));
  defer(async () => removeFolder(folder));
  return async (page, { name, text }) => {
    writeFileSync(join(folder, name), text);
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), click(page, 'button', 'Upload')]);
    await chooser.setFiles(join(folder, name));
  };
}

/** By dropping the file on a folder; then its path goes into the form. */
async function uploadByDrop(page, { name, text }) {
  const folder = await find(page, 'treeitem', 'data');
  await folder.evaluate(
    (element, { name, text }) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([text], name, { type: 'text/csv' }));
      for (const type of ['dragover', 'drop']) element.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    },
    { name, text },
  );
  await shows(page, new RegExp(`Uploaded .${name}`));
  await fill(page, /^Invoices \(CSV\)/, `data/${name}`);
}

test('Chromium: upload a CSV, run the invoice flow, read the report; without server and network, again', async ({ defer }) => {
  const server = await startServer();
  defer(server.stop);
  const context = await openChromium(defer);
  const page = await context.newPage();
  await journey({ page, server, upload: uploadByButton(defer), goOffline: () => context.setOffline(true) });
});

test('Firefox: drop a CSV, run the invoice flow, read the report; without the server, again', async ({ defer }) => {
  const server = await startServer();
  defer(server.stop);
  const page = await (await openFirefox(defer)).newPage();
  await journey({ page, server, upload: uploadByDrop });
});
