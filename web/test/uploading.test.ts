import { expect, test } from 'vitest';
import { uploadTo } from '../src/explorer/uploading';
import type { Overlay, Workbench } from '../src/lib/workbench.svelte';
import { Workspace } from '../src/lib/workspace.svelte';
import { Toasts } from '../src/ui/toasts.svelte';
import { FakeKernel } from './fake-kernel';

type Question = Extract<Overlay, { kind: 'confirm' }>;

/** An upload to a folder of a workspace with these files, where a question is answered by the words of a button, and others write files meanwhile. */
async function upload(there: Record<string, string>, folder: string, files: Record<string, string>, button?: string, meanwhile: Record<string, string> = {}) {
  const kernel = new FakeKernel(there);
  const toasts = new Toasts();
  const workspace = new Workspace(kernel, toasts);
  await workspace.refresh();
  const asked: Question[] = [];
  const wb = {
    workspace,
    toasts,
    set overlay(overlay: Question) {
      asked.push(overlay);
      for (const [path, content] of Object.entries(meanwhile)) void kernel.call('write', { path, content });
      const { action, run, other, cancelled } = overlay;
      ({ [action]: run, [other?.action ?? '']: other?.run, Cancel: cancelled })[button ?? '']?.();
    },
  } as unknown as Workbench;
  const incoming = Object.entries(files).map(([path, content]) => ({ path, file: new File([content], path.slice(path.lastIndexOf('/') + 1)) }));
  const paths = await uploadTo(wb, folder, incoming);
  const now = Object.fromEntries([...kernel.files].flatMap(([path, { bytes }]) => (bytes ? [[path, new TextDecoder().decode(bytes)]] : [])));
  return { paths, now, asked, changes: kernel.brought.length, told: toasts.list.map(({ text }) => text) };
}

const THERE = { 'data/a.csv': 'a', 'data/b.csv': 'b', 'photos/one.txt': '1' };

test('names that are free are no question', async () => {
  const { now, asked, told } = await upload(THERE, 'data', { 'c.csv': 'c', 'photos/one.txt': '2' });
  expect(now).toEqual({ ...THERE, 'data/c.csv': 'c', 'data/photos/one.txt': '2' });
  expect([asked, told]).toEqual([[], ['Uploaded 2 files to data/.']]);
});

test('of all names that are taken is asked once, and what replaces them is one change', async () => {
  const { paths, now, asked, changes } = await upload(THERE, 'data', { 'A.CSV': 'other', 'b.csv': 'new', 'c.csv': 'c' }, 'Replace');
  expect(now).toEqual({ ...THERE, 'data/a.csv': 'other', 'data/b.csv': 'new', 'data/c.csv': 'c' });
  expect([paths, changes]).toEqual([['data/a.csv', 'data/b.csv', 'data/c.csv'], 1]);
  expect(asked.map(({ title, text }) => [title, text])).toEqual([
    ['2 names are in data/ already', 'Replace writes over “a.csv” and “b.csv”. Earlier versions stay in the history. Keep both gives what comes another name.'],
  ]);
});

test('both are kept, or nothing comes', async () => {
  const both = await upload(THERE, 'data', { 'a.csv': 'other', 'c.csv': 'c' }, 'Keep both');
  expect(both.now).toEqual({ ...THERE, 'data/a 2.csv': 'other', 'data/c.csv': 'c' });
  const none = await upload(THERE, 'data', { 'a.csv': 'other', 'c.csv': 'c' }, 'Cancel');
  expect([none.paths, none.now, none.told]).toEqual([[], THERE, []]);
});

test('Replace writes over what was asked about, and not over what others wrote since', async () => {
  const { now, paths, told } = await upload(THERE, '', { 'data/a.csv': 'mine', 'data/b.csv': 'mine', 'data/c.csv': 'mine' }, 'Replace', { 'data/b.csv': 'theirs', 'data/c.csv': 'theirs' });
  expect([now, paths]).toEqual([{ ...THERE, 'data/a.csv': 'mine', 'data/b.csv': 'theirs', 'data/c.csv': 'theirs' }, ['data/a.csv']]);
  const why = 'was not uploaded: another file came there meanwhile, which you were not asked about. Begin again to be asked.';
  expect(told).toEqual([`“b.csv” ${why}`, `“c.csv” ${why}`, 'Uploaded “a.csv” to the top folder.']);
});

test('a name that another file of the same upload has is not given to one that is kept beside', async () => {
  const { now } = await upload(THERE, 'data', { 'a.csv': 'first', 'a 2.csv': 'second' }, 'Keep both');
  expect(now).toEqual({ ...THERE, 'data/a 3.csv': 'first', 'data/a 2.csv': 'second' });
});

test('what is there already, just the same, is left out and is no question', async () => {
  const some = await upload(THERE, 'data', { 'a.csv': 'a', 'b.csv': 'new' }, 'Replace');
  expect([some.now['data/b.csv'], some.changes, some.told]).toEqual(['new', 1, ['Uploaded “b.csv” to data/.']]);
  expect(some.asked.map(({ title }) => title)).toEqual(['“b.csv” is in data/ already']);
  const all = await upload(THERE, 'data', { 'a.csv': 'a' });
  // Who asked for the file has it.
  expect([all.paths, all.asked, all.changes, all.told]).toEqual([['data/a.csv'], [], 0, ['“a.csv” is in data/ already, just the same.']]);
});

test('a folder goes into the one of its name, or becomes a second one as a whole', async () => {
  const files = { 'Photos/one.txt': '1', 'Photos/in/two.txt': '2' };
  const together = await upload(THERE, '', files, 'Put together');
  expect(together.now).toEqual({ ...THERE, 'photos/in/two.txt': '2' });
  expect(together.asked[0]?.text).toBe('Nothing that is there would be written over. Keep both gives what comes another name.');
  expect((await upload(THERE, '', files, 'Keep both')).now).toEqual({ ...THERE, 'Photos 2/one.txt': '1', 'Photos 2/in/two.txt': '2' });
  const over = await upload(THERE, '', { ...files, 'Photos/one.txt': 'x' }, 'Replace');
  expect(over.now).toEqual({ ...THERE, 'photos/one.txt': 'x', 'photos/in/two.txt': '2' });
});

test('a file never takes the place of a folder, and nothing goes into what is mounted', async () => {
  const { now, asked } = await upload({ ...THERE, 'scopes/base/x.txt': 'x' }, '', { photos: 'a file', 'scopes/base/x.txt': 'y' });
  expect(now).toEqual({ ...THERE, 'scopes/base/x.txt': 'x', 'photos 2': 'a file', 'scopes 2/base/x.txt': 'y' });
  expect(asked).toEqual([]);
});

test('what Selvage goes by is named first among many', async () => {
  const files = Object.fromEntries([...'abcdef', 'selvage.policy.yaml'].map((name) => [name, '1']));
  const { asked } = await upload(files, '', Object.fromEntries(Object.keys(files).map((name) => [name, '2'])), 'Cancel');
  expect(asked[0]?.text).toContain('Replace writes over “selvage.policy.yaml”, “a”, “b”, “c”, “d” and 2 other files.');
});
