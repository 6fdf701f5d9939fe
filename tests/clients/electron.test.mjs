// The executor of the desktop app's main process, with the real program behind it.

import { strict as assert } from 'node:assert';
import { loadModule } from '../browser/lib/electron.mjs';
import { test } from '../browser/lib/suite.mjs';
import { POLICY } from '../loop/loop.mjs';
import { program } from './lib/host.mjs';
import { workspace } from './lib/mcp.mjs';

test('a program that was ended is started anew, and where nobody can be asked, the answer is no', async ({ defer }) => {
  const { NativeExecutor } = await loadModule('native');
  const executor = new NativeExecutor({ program, workspace: workspace(defer, { 'selvage.policy.yaml': POLICY }) });
  defer(() => executor.close());
  assert.equal((await executor.call('write', { path: 'data/a.md', content: 'x' })).ok, true);
  assert.equal((await executor.call('read', { path: 'nowhere' })).error.code, 'NOT_FOUND');
  await executor.close();
  assert.equal((await executor.call('stat', { path: 'data/a.md' })).ok, true);
  const { error } = await executor.call('write', { path: 'flows/a.flow.js', content: '1' });
  assert.match(error.message, /can not ask its person/);
});

test('a program that is not there is an error with what to do', async () => {
  const { NativeExecutor } = await loadModule('native');
  const executor = new NativeExecutor({ program: '/nowhere/selvage', workspace: '/nowhere' });
  for (let i = 0; i < 2; i++) assert.equal((await executor.call('ls', {})).error.code, 'EXECUTOR_UNAVAILABLE');
});
