// The executor of the desktop app's main process, with the real program behind it.

import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadModule } from '../browser/lib/electron.mjs';
import { agentLoop } from '../browser/lib/loop.mjs';
import { removeFolder, test } from '../browser/lib/suite.mjs';
import { program } from './lib/host.mjs';

test('the page of the app can do the whole loop in a workspace on disk', async ({ defer }) => {
  const { NativeExecutor } = await loadModule('native');
  const workspace = mkdtempSync(join(tmpdir(), 'selvage-electron-'));
  defer(async () => removeFolder(workspace));
  execFileSync(program, ['init', '--workspace', workspace]);
  const executor = new NativeExecutor({ program, workspace });
  defer(() => executor.close());
  await agentLoop((name, input) => executor.call(name, input));
  assert.equal((await executor.call('read', { path: 'nowhere' })).error.code, 'NOT_FOUND');
  // A program that was ended is started anew.
  await executor.close();
  assert.equal((await executor.call('stat', { path: 'reports/orders.json' })).ok, true);
});

test('a program that is not there is an error with what to do', async () => {
  const { NativeExecutor } = await loadModule('native');
  const executor = new NativeExecutor({ program: '/nowhere/selvage', workspace: '/nowhere' });
  for (let i = 0; i < 2; i++) assert.equal((await executor.call('ls', {})).error.code, 'EXECUTOR_UNAVAILABLE');
});
