// What counting fuel costs: the same guest before and after the fuel pass, in the same runner.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openChromium } from '../browser/lib/browsers.mjs';
import { root } from '../browser/lib/server.mjs';
import { PROGRAMS } from './lib/programs.mjs';
import { withIdleFuel } from './lib/idle-fuel.mjs';

export const title = 'the cost of quotas';

const ROUNDS = 7;

export async function measure({ site, defer, table }) {
  const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
  const before = join(target, 'wasm32-wasip1/wasm/guest-js.compiled.after.wasm');
  if (!existsSync(before)) {
    table.note(`there is no ${before}: build the guest here rather than from the cache, and this can be measured`);
    return;
  }
  const guest = { core: site.add('guest-with-fuel.wasm', readFileSync(join(target, 'wasm-web/guest-js.wasm'))) };
  const without = { core: site.add('guest-without-fuel.wasm', withIdleFuel(readFileSync(before))) };
  const page = await (await openChromium(defer)).newPage();
  await page.goto(site.page);
  await page.waitForFunction(() => window.bench);
  const ratios = [];
  for (const [name, source] of Object.entries(PROGRAMS)) {
    const [counted, free] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [found, halves] of [[counted, guest], [free, without]]) {
        // The first run in a Worker is compiled in passing; the second is what counts.
        found.push((await page.evaluate(([parts, halves, source]) => window.bench.guestTimes(parts, halves, source, 2), [site.parts, halves, source]))[1]);
      }
    }
    const ratio = Math.min(...counted) / Math.min(...free);
    ratios.push(ratio);
    table.row(name, { ours: (ratio - 1) * 100, target: 5, unit: '%' });
  }
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
  table.row('all six, geometric mean', { ours: (mean - 1) * 100, target: 5, unit: '%' });
  table.note(`the best of ${ROUNDS} rounds each, taken in turns`);
}
