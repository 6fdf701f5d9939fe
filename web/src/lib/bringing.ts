// Files that come into the workspace together: as one change, which is undone as one, or not at all.

import { bytes } from './format';
import { valueOf, type Brought } from './kernel';
import { isInside } from './paths';
import { ToolFailure } from './tools';
import { FILE_BYTES_MAX, WHOLE_BYTES_MAX, type Workspace } from './workspace.svelte';

/** The most bytes that are handed over as they are. Of more, what comes after is stored first, one file after the other. */
const HELD_BYTES_MAX = 64 * 1024 * 1024;
/** The most files that are left out, each after a try, because the workspace refuses them. */
const REFUSED_MAX = 50;

export interface Bringing {
  path: string;
  /** A file of the device, or bytes that are in memory anyway. */
  content: Blob | Uint8Array<ArrayBuffer>;
  /** The hash of what it may write over. */
  over: string | undefined;
}

export interface Bringer {
  /** Hears of a file that can't be brought, and why. The others go on. */
  left(path: string, error: unknown): void;
  /** Hears how much is done, from 0 to 1. */
  told?(done: number): void;
  /** Gives it up: nothing comes. */
  signal?: AbortSignal;
}

/** Brings files and folders into the workspace, and gives the paths that came. */
export async function bring(workspace: Workspace, message: string, files: readonly Bringing[], folders: readonly string[], bringer: Bringer): Promise<string[]> {
  const { left, told = () => undefined, signal = new AbortController().signal } = bringer;
  const all = files.reduce((sum, { content }) => sum + sizeOf(content), 0) || 1;
  let items: Brought[] = folders.map((path) => ({ path, content: null }));
  let [before, held] = [0, 0];
  for (const { path, content } of files) {
    const [begun, size] = [before, sizeOf(content)];
    try {
      if (size > FILE_BYTES_MAX) throw new Error(`it has ${bytes(size)}, and the most is ${bytes(FILE_BYTES_MAX)}.`);
      const isHeld = size <= WHOLE_BYTES_MAX && held + size <= HELD_BYTES_MAX;
      if (isHeld) held += size;
      const store = async (file: Blob) => valueOf<{ hash: string }>(await workspace.kernel.store(file, (done) => told((begun + done * size) / all), signal)).hash;
      items.push({ path, content: isHeld ? await bytesOf(content) : await store(content instanceof Blob ? content : new Blob([content])) });
    } catch (error) {
      if (!signal.aborted) left(path, error);
    }
    if (signal.aborted) return [];
    before += size;
    told(before / all);
  }
  // Reading and storing takes a while, and so do persons who are asked: others may have written there since.
  await workspace.refresh();
  const over = new Map(files.map((file) => [file.path, file.over]));
  const isUnasked = ({ path, content }: Brought): boolean => content !== null && workspace.entries.has(path) && workspace.entries.get(path)?.hash !== over.get(path);
  for (const { path } of items.filter(isUnasked)) left(path, new Error('another file came there meanwhile, which you were not asked about. Begin again to be asked.'));
  items = items.filter((item) => !isUnasked(item));
  for (let refused = 0; items.length > 0; ) {
    try {
      await workspace.bring(message, items);
      break;
    } catch (error) {
      const { path } = error instanceof ToolFailure ? error.error : {};
      // What is below a name that can't be a folder can't come either.
      const isOut = (item: Brought): boolean => path !== undefined && isInside(item.path, path);
      const out = items.filter(isOut);
      if (out.length === 0 || refused++ === REFUSED_MAX) throw error;
      for (const item of out) left(item.path, error);
      items = items.filter((item) => !isOut(item));
    }
  }
  return items.map(({ path }) => path);
}

const sizeOf = (content: Bringing['content']): number => (content instanceof Blob ? content.size : content.length);

const bytesOf = async (content: Bringing['content']): Promise<Uint8Array> => (content instanceof Blob ? new Uint8Array(await content.arrayBuffer()) : content);
