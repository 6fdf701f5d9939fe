// Reports of lint stand on other files, and get old with them.

import { expect, test, vi } from 'vitest';
import { Documents } from '../src/editor/documents.svelte';
import { Problems } from '../src/lib/problems.svelte';
import { Workspace } from '../src/lib/workspace.svelte';
import { Toasts } from '../src/ui/toasts.svelte';
import { FakeKernel } from './fake-kernel';

const USES = "import { sum } from '../lib/sum.js';";
const FILES = { 'lib/sum.js': 'export const sum = 1;', 'flows/a.flow.js': USES, 'flows/b.flow.js': USES, 'flows/c.flow.js': USES, 'notes/a.txt': 'one' };
const RESTED_MS = 900;

async function open() {
  const kernel = new FakeKernel(FILES);
  const workspace = new Workspace(kernel, new Toasts());
  const problems = new Problems(kernel);
  const documents = new Documents(workspace, problems, () => 'flows/a.flow.js');
  kernel.start();
  await vi.waitUntil(() => workspace.loaded);
  documents.ensure('flows/b.flow.js');
  await vi.waitUntil(() => problems.of('flows/b.flow.js'));
  for (const path of ['flows/a.flow.js', 'flows/c.flow.js']) await documents.check(path);
  kernel.calls.length = 0;
  return { kernel, problems, documents, linted: () => kernel.calls.filter(({ name }) => name === 'lint_flow').map(({ input }) => input['path']) };
}

const rested = () => new Promise((resolve) => setTimeout(resolve, RESTED_MS));

test('what is imported goes and comes back, and the reports that somebody sees say so, made one at a time', async () => {
  const { kernel, problems } = await open();
  let [now, most] = [0, 0];
  const call = kernel.call.bind(kernel);
  kernel.call = async (name, input) => {
    if (name === 'lint_flow') most = Math.max(most, ++now);
    const result = await call(name, input);
    if (name === 'lint_flow') now--;
    return result;
  };
  await call('move', { from: 'lib', to: 'modules' });
  await vi.waitUntil(() => problems.errors === 2);
  expect([...problems.reports].map(([path, { ok }]) => [path, ok]), 'what nobody sees is made when it is looked at').toEqual([['flows/b.flow.js', false], ['flows/a.flow.js', false]]);
  await call('undo', {});
  await vi.waitUntil(() => problems.errors === 0);
  expect(problems.of('flows/a.flow.js')?.ok).toBe(true);
  expect(most).toBe(1);
});

test('a finding is looked at again, wherever it is', async () => {
  const { kernel, problems, documents } = await open();
  await kernel.call('delete', { path: 'lib/sum.js' });
  await documents.check('flows/c.flow.js');
  expect(problems.of('flows/c.flow.js')?.ok).toBe(false);
  await kernel.call('write', { path: 'lib/sum.js', content: '' });
  await vi.waitUntil(() => problems.of('flows/c.flow.js')?.ok);
});

test('whoever types in what is imported has the reports made once, when it rests', async () => {
  const { kernel, linted } = await open();
  for (let key = 0; key < 12; key++) {
    await kernel.call('write', { path: 'lib/sum.js', content: `export const sum = ${key};`, draft: true });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(linted()).toEqual([]);
  await vi.waitUntil(() => linted().length === 2);
  await rested();
  expect(linted()).toEqual(['flows/a.flow.js', 'flows/b.flow.js']);
});

test('what no report stands on makes none anew: records of runs, texts, and the open flow itself', async () => {
  const { kernel, linted } = await open();
  await kernel.call('write', { path: 'runs/2026-01-01/r.json', content: '{}' });
  await kernel.call('write', { path: 'notes/a.txt', content: 'two' });
  await rested();
  expect(linted()).toEqual([]);
  await kernel.call('write', { path: 'flows/b.flow.js', content: USES });
  await vi.waitUntil(() => linted().length > 0);
  await rested();
  expect(linted()).toEqual(['flows/a.flow.js']);
});
