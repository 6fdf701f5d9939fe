import { expect, test } from 'vitest';
import { findText, FOUND_MAX } from '../src/lib/find-text';
import { FakeKernel } from './fake-kernel';

const RECORDS = Object.fromEntries(Array.from({ length: FOUND_MAX }, (_, index) => [`runs/2026/${index}.json`, 'total']));
const TOPS = ['runs', 'workflows', 'README.md'];
const paths = (found: { matches: { path: string }[] }) => found.matches.map(({ path }) => path);

test('text is found in files rather than in the records of runs, which are asked for', async () => {
  const kernel = new FakeKernel({ ...RECORDS, 'workflows/sum.py': 'total = 1', 'README.md': 'The total.' });
  const found = await findText(kernel, TOPS, 'total', false, () => true);
  expect(paths(found)).toEqual(['workflows/sum.py', 'README.md']);
  expect(found.more).toBe(false);
  const all = await findText(kernel, TOPS, 'total', true, () => true);
  expect(paths(all).slice(0, 3)).toEqual(['workflows/sum.py', 'README.md', 'runs/2026/0.json']);
  expect([all.matches.length, all.more]).toEqual([FOUND_MAX, true]);
});

test('there is more than what is found where the places end before the files do', async () => {
  const kernel = new FakeKernel({ 'workflows/sum.py': 'total\n'.repeat(FOUND_MAX), 'README.md': 'The total.' });
  expect((await findText(kernel, ['workflows'], 'total', false, () => true)).more).toBe(false);
  expect((await findText(kernel, TOPS, 'total', false, () => true)).more).toBe(true);
});

test('what went away meanwhile has no text, and other failures are told', async () => {
  const kernel = new FakeKernel({ 'README.md': 'The total.' });
  const call = kernel.call.bind(kernel);
  let code = 'NOT_FOUND';
  kernel.call = (name, input) => ((input as { path: string }).path === 'workflows' ? Promise.resolve({ ok: false, error: { code, message: 'No.' } }) : call(name, input));
  expect(await findText(kernel, TOPS, 'total', false, () => true)).toMatchObject({ matches: [{ path: 'README.md' }], more: false });
  code = 'INVALID_INPUT';
  expect((await findText(kernel, TOPS, 'total', false, () => true)).problem).toBe('No.');
});
