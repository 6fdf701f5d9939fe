import { expect, test } from 'vitest';
import { childrenOf, drawn, rowsOf, step, typeAhead, type Step } from '../src/explorer/tree';
import { foldersAbove } from '../src/lib/paths';
import { FakeKernel } from './fake-kernel';
import type { Entry } from '../src/lib/tools';

async function tree(paths: string[], expanded: string[]) {
  const kernel = new FakeKernel(Object.fromEntries(paths.map((path) => [path, 'x'])));
  const result = await kernel.call('ls', { path: '', recursive: true });
  if (!result.ok) throw new Error(result.error.message);
  return rowsOf(childrenOf((result.value as { entries: Entry[] }).entries), new Set(expanded));
}

const FILES = ['b/file 10.txt', 'b/file 9.txt', 'b/inner/x.txt', 'a.txt', 'Zeta/one.txt'];

test('folders come first, and names go as people count', async () => {
  const rows = await tree(FILES, ['b']);
  expect(rows.map((row) => `${'  '.repeat(row.depth)}${row.entry.name} ${row.position}/${row.siblings}`)).toEqual([
    'b 1/3',
    '  inner 1/3',
    '  file 9.txt 2/3',
    '  file 10.txt 3/3',
    'Zeta 2/3',
    'a.txt 3/3',
  ]);
});

test('arrows move, open and close as in the tree pattern', async () => {
  const rows = await tree(FILES, ['b']);
  const cases: [string | undefined, string, Step][] = [
    ['b', 'ArrowDown', { select: 'b/inner' }],
    ['b', 'ArrowRight', { select: 'b/inner' }],
    ['b/inner', 'ArrowRight', { expand: 'b/inner' }],
    ['b', 'ArrowLeft', { collapse: 'b' }],
    ['b/file 9.txt', 'ArrowLeft', { select: 'b' }],
    ['a.txt', 'ArrowLeft', undefined],
    ['a.txt', 'ArrowRight', undefined],
    ['a.txt', 'ArrowDown', { select: 'a.txt' }],
    ['a.txt', 'Home', { select: 'b' }],
    ['b', 'End', { select: 'a.txt' }],
    ['b', 'PageDown', { select: 'b/file 10.txt' }],
    [undefined, 'ArrowDown', { select: 'b' }],
    ['b', 'x', undefined],
  ];
  for (const [selected, key, expected] of cases) expect(step(rows, selected, key, 3), `${key} on ${selected}`).toEqual(expected);
});

test('an open folder without entries stays where it is', async () => {
  const kernel = new FakeKernel();
  await kernel.call('mkdir', { path: 'empty' });
  const result = await kernel.call('ls', { recursive: true });
  const rows = rowsOf(childrenOf(result.ok ? (result.value as { entries: Entry[] }).entries : []), new Set(['empty']));
  expect(step(rows, 'empty', 'ArrowRight', 3)).toBeUndefined();
});

test('typing goes to the next name that starts so, and around', async () => {
  const rows = await tree(FILES, ['b']);
  expect(typeAhead(rows, 'b', 'f')).toBe('b/file 9.txt');
  expect(typeAhead(rows, 'b/file 9.txt', 'f')).toBe('b/file 10.txt');
  expect(typeAhead(rows, 'b/file 10.txt', 'f')).toBe('b/file 9.txt');
  expect(typeAhead(rows, 'b/file 9.txt', 'file 1')).toBe('b/file 10.txt');
  expect(typeAhead(rows, 'b', 'q')).toBeUndefined();
});

test('the folders above a path go from the outermost in', () => {
  expect(foldersAbove('a/b/c.txt')).toEqual(['a', 'a/b']);
  expect(foldersAbove('c.txt')).toEqual([]);
});

test('ten thousand entries are rows within a frame or two', async () => {
  const entries: Entry[] = Array.from({ length: 10_000 }, (_, index) => ({
    path: `f${index % 100}/n${index}.txt`, name: `n${index}.txt`, kind: 'file', size: 1, hash: '', text: true, modifiedMs: 0, id: String(index),
  }));
  for (let folder = 0; folder < 100; folder++) entries.push({ path: `f${folder}`, name: `f${folder}`, kind: 'folder', size: 0, hash: '', text: false, modifiedMs: 0, id: `f${folder}` });
  const children = childrenOf(entries);
  const rows = rowsOf(children, new Set(entries.filter((entry) => entry.kind === 'folder').map((entry) => entry.path)));
  expect(rows).toHaveLength(10_100);
});

test('of many rows only those are drawn that are seen, and some around', async () => {
  const rows = await tree(Array.from({ length: 1_000 }, (_, index) => `${index}.txt`), []);
  const at = (top: number) => {
    const { first, visible } = drawn(rows, top, 260, 26);
    return [first, visible[0]?.entry.name, visible.length];
  };
  expect([at(0), at(26 * 500), at(26 * 990)]).toEqual([[0, '0.txt', 26], [492, '492.txt', 26], [982, '982.txt', 18]]);
});
