// The executor of the desktop app's main process, with the real program behind it and `fetch` in the place of the page.

import { strict as assert } from 'node:assert';
import { loadModule, watched } from '../browser/lib/electron.mjs';
import { test } from '../browser/lib/suite.mjs';
import { program } from './lib/host.mjs';

const ORIGIN = 'selvage://app';

/** Asks the program as the page does, with a key; gives the status, and whose pages may read the answer. */
async function ask({ address, key }) {
  const { status, headers } = await fetch(`${address}/blobs/missing`, { method: 'POST', body: '{"hashes":[]}', headers: { authorization: `Bearer ${key}`, origin: ORIGIN } });
  return [status, headers.get('access-control-allow-origin')];
}

const isGone = ({ address }) => fetch(`${address}/healthz`).then(() => false, () => true);

test('the program runs jobs for the page of the app, for its key alone and on this machine alone, and ends with the app', async ({ defer }) => {
  const { NativeExecutor } = await loadModule('native');
  const executor = new NativeExecutor({ program });
  defer(async () => executor.close());
  const [{ value: place }, { value: same }] = await Promise.all([executor.place(), executor.place()]);
  assert.deepEqual(place, same, 'whoever asks meanwhile waits for the one that starts');
  assert.match(place.address, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.deepEqual(await ask(place), [200, ORIGIN]);
  assert.deepEqual(await ask({ ...place, key: place.key.replace(/.$/, (last) => (last === '0' ? '1' : '0')) }), [401, ORIGIN]);
  executor.close();
  assert.ok(await isGone(place));
  const { value: next } = await executor.place();
  assert.notEqual(next.key, place.key, 'each start has a key of its own');
  assert.deepEqual(await ask({ ...next, key: place.key }), [401, ORIGIN]);
});

test('a program that died is started anew for whoever asks next, and leaves no folder', async ({ defer }) => {
  const { NativeExecutor } = await loadModule('native');
  const seen = watched(defer);
  const executor = new NativeExecutor({ program: seen.program });
  defer(async () => executor.close());
  const { value: place } = await executor.place();
  const [folder] = seen.folders();
  process.kill(seen.serving().at(-1), 'SIGKILL');
  await seen.isRemoved(folder);
  const { value: next } = await executor.place();
  assert.deepEqual(await ask(next), [200, ORIGIN]);
  assert.notEqual(next.key, place.key);
  assert.equal(seen.serving().length, 2);
  executor.close();
  for (const folder of seen.folders()) await seen.isRemoved(folder);
});

test('a program that is not there, or ends, is an error with what to do, each time', async () => {
  const { NativeExecutor } = await loadModule('native');
  for (const program of ['/nowhere/selvage', '/bin/false', '/bin/echo']) {
    const executor = new NativeExecutor({ program });
    for (let i = 0; i < 2; i++) {
      const { ok, error } = await executor.place();
      assert.deepEqual([ok, error.code], [false, 'EXECUTOR_UNAVAILABLE']);
      assert.match(error.message, /ENOENT|ended with 1|JSON/);
    }
  }
});
