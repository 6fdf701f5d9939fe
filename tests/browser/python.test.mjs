// Python in the tab: fetched when it is first wanted and not before, then kept; the same result as on the native host.

import { strict as assert } from 'node:assert';
import { holdsPython, inBothBrowsers, pythonHeld } from './lib/python.mjs';
import { call, openWorkbench, ready, until, value } from './lib/workbench.mjs';

const PATH = 'workflows/totals.py';
const SCRIPT = `import csv, json, pathlib
from modules.money import total

with open('data/orders.csv', newline='') as file:
    rows = list(csv.DictReader(file))
print(len(rows), 'rows')
pathlib.Path('out').mkdir(exist_ok=True)
pathlib.Path('out/total.json').write_text(json.dumps(total(rows)))
{'total': total(rows)}
`;
const FILES = {
  [PATH]: SCRIPT,
  'modules/money.py': "from decimal import Decimal\n\ndef total(rows):\n    return str(sum(Decimal(row['amount']) for row in rows))\n",
  'data/orders.csv': 'id,amount\n1,10.10\n2,0.90\n',
  'workflows/broken.py': 'def f(:\n    pass\n',
  'workflows/spin.py': 'while True:\n    pass\n',
};

async function journey({ page, server, goOffline }) {
  await openWorkbench(page, server.url);
  for (const [path, content] of Object.entries(FILES)) await value(page, 'write', { path, content });
  await until('the service worker holds the page', () => page.evaluate(() => navigator.serviceWorker.controller !== null));
  assert.equal(await pythonHeld(page), 0, 'nobody wanted Python yet');

  const record = await value(page, 'run_flow', { path: PATH });
  assert.deepEqual(record.value, { total: '11.00' });
  assert.deepEqual(record.logs.map((entry) => entry.text), ['2 rows']);
  assert.equal((await value(page, 'read', { path: 'out/total.json' })).content, '"11.00"');

  const linted = await value(page, 'lint_flow', { path: 'workflows/broken.py' });
  assert.equal(linted.ok, false);
  assert.equal(linted.diagnostics[0].span.start.line, 1);
  const stopped = await call(page, 'run_flow', { path: 'workflows/spin.py', limits: { cpuMsMax: 200, fuelMax: 1e12 } });
  assert.equal(stopped.error?.code, 'QUOTA_CPU');
  const { run } = await value(page, 'run_flow', { path: 'workflows/spin.py', limits: { fuelMax: 1e12 }, wait: false });
  await until('it runs', async () => (await value(page, 'flow_status', { run })).status === 'running');
  await value(page, 'flow_cancel', { run });
  await until('it is over', async () => (await value(page, 'flow_status', { run })).status === 'cancelled', 3_000);
  assert.equal((await value(page, 'run_flow', { path: PATH })).value.total, '11.00', 'the next run works');

  await until('the guest is kept, and what the editor knows', () => holdsPython(page));
  await server.stop();
  await goOffline?.();
  await page.reload();
  await ready(page);
  assert.equal((await value(page, 'run_flow', { path: PATH })).value.total, '11.00', 'without a server, too');

  // The next visits begin with the interpreter as this one had warmed it up, if it is what was kept.
  const image = await until('the warm interpreter is kept', () => keptImage(page));
  await page.evaluate(damageImage);
  assert.notEqual(await keptImage(page), image, 'it is damaged');
  await page.reload();
  await ready(page);
  assert.equal((await value(page, 'run_flow', { path: PATH })).value.total, '11.00', 'a damaged one is not taken');
  await until('a good one takes its place', async () => (await keptImage(page)) === image);
}

/** What tells an image apart from any other; null when there is none. */
const keptImage = (page) =>
  page.evaluate(async () => {
    const [request] = await (await caches.open('warm-images')).keys();
    if (request === undefined) return null;
    const response = await caches.match(request);
    const digest = await crypto.subtle.digest('SHA-256', await response.arrayBuffer());
    return new Uint8Array(digest).join();
  });

// Runs in the page: turns one bit of the image around.
async function damageImage() {
  const cache = await caches.open('warm-images');
  const [request] = await cache.keys();
  const kept = await cache.match(request);
  const bytes = new Uint8Array(await kept.arrayBuffer());
  bytes[bytes.length >> 1] ^= 1;
  await cache.put(request, new Response(bytes, { headers: kept.headers }));
}

inBothBrowsers('a Python script with a module and a CSV runs, and runs again without a server', journey);
