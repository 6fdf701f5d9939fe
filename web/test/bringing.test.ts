import { expect, test, vi } from 'vitest';
import { bring, type Bringing } from '../src/lib/bringing';
import type { Brought } from '../src/lib/kernel';
import type { ToolResult } from '../src/lib/tools';
import { FILE_BYTES_MAX, WHOLE_BYTES_MAX, Workspace } from '../src/lib/workspace.svelte';
import { Toasts } from '../src/ui/toasts.svelte';
import { FakeKernel } from './fake-kernel';

/** A kernel that takes no change with one of these paths, as the workspace takes none with a name that it can't hold. */
class Strict extends FakeKernel {
  refused = new Set<string>();

  override async bring(message: string, brought: readonly Brought[]): Promise<ToolResult> {
    const path = brought.map((item) => item.path).find((path) => this.refused.has(path));
    if (path !== undefined) return { ok: false, error: { code: 'INVALID_PATH', message: `“${path}” is no name.`, path } };
    return super.bring(message, brought);
  }
}

function begin(): { kernel: Strict; workspace: Workspace; left: string[] } {
  const kernel = new Strict();
  return { kernel, workspace: new Workspace(kernel, new Toasts()), left: [] };
}

const file = (path: string, content: BlobPart = path): Bringing => ({ path, content: new Blob([content]), over: undefined });

test('files and folders come as one change', async () => {
  const { kernel, workspace, left } = begin();
  const told: number[] = [];
  const came = await bring(workspace, 'Import a.zip', [file('a/one.txt'), file('a/two.bin', new Uint8Array([0, 1]))], ['empty'], { left: (path) => left.push(path), told: (done) => told.push(done) });
  expect(came).toEqual(['empty', 'a/one.txt', 'a/two.bin']);
  expect(kernel.brought).toHaveLength(1);
  expect(new TextDecoder().decode(kernel.files.get('a/one.txt')?.bytes)).toBe('a/one.txt');
  expect(kernel.files.get('empty')).toMatchObject({ bytes: undefined });
  expect([told.at(-1), left]).toEqual([1, []]);
});

test('what the workspace refuses is left out, and the rest comes', async () => {
  const { kernel, workspace, left } = begin();
  kernel.refused = new Set(['b', 'd']);
  const came = await bring(workspace, 'Import', ['a', 'b', 'c', 'd', 'e'].map((path) => file(path)), [], { left: (path) => left.push(path) });
  expect([came, left]).toEqual([['a', 'c', 'e'], ['b', 'd']]);
  expect(kernel.brought).toHaveLength(1);
});

test('what is below a name that can be no folder is left out with it', async () => {
  const { kernel, workspace, left } = begin();
  const bringNow = kernel.bring.bind(kernel);
  const isInTheWay = (brought: readonly Brought[]) => brought.some(({ path }) => path.startsWith('p/one/'));
  kernel.bring = async (message, brought) => (isInTheWay(brought) ? { ok: false, error: { code: 'INVALID_PATH', message: 'It is a file.', path: 'p/one' } } : bringNow(message, brought));
  const came = await bring(workspace, 'Upload', ['p/one/a', 'p/one/b', 'p/one.txt', 'p/c'].map((path) => file(path)), [], { left: (path) => left.push(path) });
  expect([came, left]).toEqual([['p/one.txt', 'p/c'], ['p/one/a', 'p/one/b']]);
});

test('a change of which every name is refused ends after so many tries, with nothing written', async () => {
  const { kernel, workspace, left } = begin();
  const files = Array.from({ length: 60 }, (_, n) => file(`f${n}`));
  kernel.refused = new Set(files.map(({ path }) => path));
  await expect(bring(workspace, 'Import', files, [], { left: (path) => left.push(path) })).rejects.toThrow('is no name');
  expect([left.length, kernel.files.size]).toEqual([50, 0]);
});

test('what concerns no file of it fails as a whole', async () => {
  const { kernel, workspace } = begin();
  kernel.bring = async () => ({ ok: false, error: { code: 'STORAGE_FULL', message: 'There is no room.' } });
  await expect(bring(workspace, 'Import', [file('a')], [], { left: () => expect.unreachable() })).rejects.toThrow('no room');
});

test('a large file is stored before, and one that is too large is left out', async () => {
  const { kernel, workspace, left } = begin();
  const large = file('large', new Uint8Array(WHOLE_BYTES_MAX + 1));
  const huge = { path: 'huge', content: Object.create(large.content, { size: { value: FILE_BYTES_MAX + 1 } }) as Blob, over: undefined };
  const came = await bring(workspace, 'Upload', [huge, large, file('small')], [], { left: (path) => left.push(path) });
  expect([came, left]).toEqual([['large', 'small'], ['huge']]);
  expect(kernel.brought[0]?.map(({ content }) => typeof content)).toEqual(['string', 'object']);
  expect(kernel.files.get('large')?.bytes).toHaveLength(WHOLE_BYTES_MAX + 1);
});

test('of many bytes no more than a part is handed over at once', async () => {
  const { kernel, workspace } = begin();
  const files = Array.from({ length: 20 }, (_, n) => file(`f${n}`, new Uint8Array(WHOLE_BYTES_MAX).fill(n)));
  await bring(workspace, 'Upload', files, [], { left: () => expect.unreachable() });
  const held = kernel.brought[0]?.filter(({ content }) => typeof content !== 'string');
  expect([held?.length, kernel.files.size]).toEqual([16, 20]);
});

test('bytes in memory become a file only to be stored, each when it is its turn', async () => {
  const { kernel, workspace } = begin();
  const made: number[] = [];
  vi.stubGlobal('Blob', class extends Blob {
    constructor(parts: BlobPart[]) {
      super(parts);
      made.push(this.size);
    }
  });
  const store = kernel.store.bind(kernel);
  const before: number[] = [];
  kernel.store = (...asked) => (before.push(made.length), store(...asked));
  const files = ['a', 'b', 'c'].map((path, n) => ({ path, content: new Uint8Array(n === 2 ? 1 : WHOLE_BYTES_MAX + 1), over: undefined }));
  await bring(workspace, 'Import', files, [], { left: () => expect.unreachable() });
  vi.unstubAllGlobals();
  expect([before, made]).toEqual([[1, 2], [WHOLE_BYTES_MAX + 1, WHOLE_BYTES_MAX + 1]]);
  expect(kernel.files.get('c')?.bytes).toEqual(new Uint8Array(1));
});

test('what somebody wrote meanwhile is not written over, and what is just as it was when that was asked is', async () => {
  const { kernel, workspace, left } = begin();
  for (const path of ['asked', 'changed', 'gone']) await kernel.call('write', { path, content: 'before' });
  await workspace.refresh();
  const files = ['asked', 'changed', 'gone', 'came', 'new'].map((path) => ({ ...file(path), over: workspace.entries.get(path)?.hash }));
  for (const path of ['changed', 'came']) await kernel.call('write', { path, content: 'theirs' });
  await kernel.call('delete', { path: 'gone' });
  expect(await bring(workspace, 'Upload', files, [], { left: (path) => left.push(path) })).toEqual(['asked', 'gone', 'new']);
  expect(left).toEqual(['changed', 'came']);
  const texts = [...kernel.files].map(([path, { bytes }]) => [path, new TextDecoder().decode(bytes)]);
  expect(Object.fromEntries(texts)).toEqual({ asked: 'asked', changed: 'theirs', gone: 'gone', came: 'theirs', new: 'new' });
});

test('nothing of what is given up comes', async () => {
  const { kernel, workspace } = begin();
  const given = new AbortController();
  const told = (): void => given.abort();
  expect(await bring(workspace, 'Upload', [file('a'), file('b')], ['c'], { left: () => expect.unreachable(), told, signal: given.signal })).toEqual([]);
  expect(kernel.files.size).toBe(0);
});
