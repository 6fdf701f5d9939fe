// The workspace as the page knows it: every entry, kept in step by the kernel's events, and the
// operations on files, each with its failure told and its undo offered.

import type { Toast, Toasts } from '../ui/toasts.svelte';
import { fromBase64 } from './base64';
import { plural } from './format';
import { callOrThrow, valueOf, type Brought, type Kernel } from './kernel';
import { foldersAbove, folderWords, freeName, isInside, join, nameOf, parentOf } from './paths';
import { ToolFailure, type Entry, type HistoryChange, type ReadValue, type StorageMode, type WorkspaceStatus, type WriteValue } from './tools';

/** More changed paths than these are cheaper to read as a whole. */
const STATS_MAX = 40;
/** How far back the newest change of a person or a run is looked for, behind records of runs. */
const RECENT_CHANGES = 50;
/** Larger files go in and out piece by piece. */
export const WHOLE_BYTES_MAX = 4 * 1024 * 1024;
/** The most bytes of a file, as the workspace has it. */
export const FILE_BYTES_MAX = 512 * 1024 * 1024;
/** The pieces in which contents are taken out. */
const PART_BYTES = 2 * 1024 * 1024;
const CHANGED_AFTER_MS = 25;
const STATUS_AFTER_MS = 1_000;

type Action = NonNullable<Toast['action']>;
type Travel = 'undo' | 'redo';

export class Workspace {
  entries = $state.raw<ReadonlyMap<string, Entry>>(new Map());
  loaded = $state(false);
  status = $state.raw<WorkspaceStatus | undefined>(undefined);
  storage = $state.raw<{ mode: StorageMode | 'starting'; reason?: string | undefined }>({ mode: 'starting' });
  /** Other tabs of this browser, which all have the same workspace. */
  otherTabs = $state(0);
  /** Set when files of the workspace could not be read. */
  damaged = $state.raw<{ message: string; restored: boolean } | undefined>(undefined);
  /** Set when the kernel is gone for good. */
  failed = $state<string | undefined>(undefined);
  #listeners = new Set<(paths: string[]) => void>();
  #refreshing: Promise<void> | undefined;
  #again: Promise<void> | undefined;
  #wrote: (() => void) | undefined;
  #touched = new Set<string>();
  /** The change that was the newest one when an undo or a redo was offered. */
  #offers = new WeakMap<Action, Promise<HistoryChange | undefined>>();
  #changeTimer: ReturnType<typeof setTimeout> | undefined;
  #statusTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly kernel: Kernel,
    readonly toasts: Toasts,
  ) {
    kernel.subscribe((event) => {
      if (event.kind === 'ready') {
        void this.refresh();
      } else if (event.kind === 'changed') this.#changedSoon(event.paths);
      else if (event.kind === 'storage') this.storage = { mode: event.mode, reason: event.reason };
      else if (event.kind === 'tabs') this.otherTabs = event.others;
      else if (event.kind === 'damaged') this.damaged = event;
      else if (event.kind === 'peerLost') this.toasts.show({ tone: 'error', text: event.message, hint: event.hint, details: event.reason });
      else if (event.kind === 'failed') this.failed = event.message;
    });
  }

  /** Hears of changed paths after the entries are up to date. */
  onChanged(listener: (paths: string[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called once, after the first write of a person. */
  onFirstWrite(run: () => void): void {
    this.#wrote = run;
  }

  call<T>(name: string, input: unknown): Promise<T> {
    return callOrThrow<T>(this.kernel, name, input);
  }

  /** Reads the whole tree anew. Calls while one is under way share one more, since that one may have begun before what they want to see. */
  refresh(): Promise<void> {
    if (!this.#refreshing) return (this.#refreshing = this.#readTree().finally(() => (this.#refreshing = undefined)));
    return (this.#again ??= this.#refreshing.then(() => {
      this.#again = undefined;
      return this.refresh();
    }));
  }

  async #readTree(): Promise<void> {
    try {
      const { entries } = await this.call<{ entries: Entry[] }>('ls', { path: '', recursive: true });
      this.entries = new Map(entries.map((entry) => [entry.path, entry]));
      this.loaded = true;
      await this.#readStatus();
    } catch (error) {
      this.toasts.failure('The files could not be listed', error);
    }
  }

  async #readStatus(): Promise<void> {
    const status = await this.call<WorkspaceStatus>('workspace_status', {});
    this.status = status;
    if (this.storage.mode === 'starting') this.storage = { mode: status.storage };
  }

  /** Changes come in bursts; what they touched is looked at once. */
  #changedSoon(paths: string[]): void {
    for (const path of paths) this.#touched.add(path);
    if (paths.length === 0) this.#touched.add('');
    this.#changeTimer ??= setTimeout(() => {
      const touched = [...this.#touched];
      this.#touched.clear();
      this.#changeTimer = undefined;
      void this.#changed(touched);
    }, CHANGED_AFTER_MS);
    this.#statusTimer ??= setTimeout(() => {
      this.#statusTimer = undefined;
      void this.#readStatus().catch(() => undefined);
    }, STATUS_AFTER_MS);
  }

  async #changed(paths: string[]): Promise<void> {
    if (paths.length > STATS_MAX || paths.includes('') || !this.loaded) await this.refresh();
    else await this.#look(paths);
    for (const listener of this.#listeners) listener(paths);
    void this.#withdraw();
  }

  /** Brings these paths, what is below them and the folders above them up to date. */
  async #look(paths: string[]): Promise<void> {
    const above = paths.flatMap((path) => foldersAbove(path)).filter((folder) => !this.entries.has(folder));
    const found = await Promise.all(
      [...new Set([...above, ...paths])].map(async (path) => {
        const stat = await this.kernel.call('stat', { path });
        const entry = stat.ok ? (stat.value as Entry) : undefined;
        const inside = entry?.kind === 'folder' && paths.includes(path) ? await this.kernel.call('ls', { path, recursive: true }) : undefined;
        return { path, entry, inside: inside?.ok ? (inside.value as { entries: Entry[] }).entries : [] };
      }),
    );
    const entries = new Map(this.entries);
    for (const { path, entry } of found)
      if (!entry || (entry.kind === 'folder' && paths.includes(path))) for (const known of this.entries.keys()) if (isInside(known, path)) entries.delete(known);
    for (const { entry, inside } of found) for (const one of entry ? [entry, ...inside] : []) entries.set(one.path, one);
    this.entries = entries;
  }

  read = (path: string, input: Record<string, unknown> = {}): Promise<ReadValue> => this.call('read', { path, ...input });

  readText = async (path: string): Promise<string> => new TextDecoder().decode(await this.readBytes(path));

  /** The bytes of a file, whatever its kind and however many reads it takes. */
  async readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let offset: number | undefined;
    do {
      const part: ReadValue = await this.read(path, { encoding: 'base64', ...(offset === undefined ? {} : { offset }) });
      parts.push(part.encoding === 'base64' ? fromBase64(part.content) : new TextEncoder().encode(part.content));
      offset = part.truncated ? part.nextOffset : undefined;
    } while (offset !== undefined);
    if (parts.length === 1 && parts[0]) return parts[0];
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  /**
   * The bytes of a file part by part; only of a text, or of a small file, are they in memory as a whole. A part is to be
   * copied or written before the next one is asked for, which comes in its place.
   */
  async *partsOf(entry: Entry): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    if (entry.text || entry.size <= WHOLE_BYTES_MAX) {
      yield await this.readBytes(entry.path);
      return;
    }
    let lent = new ArrayBuffer(PART_BYTES);
    for (let at = 0; at < entry.size; ) {
      const part = valueOf<Uint8Array<ArrayBuffer>>(await this.kernel.part(entry.hash, at, lent));
      lent = part.buffer;
      at += part.length;
      yield part;
    }
  }

  async write(path: string, content: string, extra: Record<string, unknown> = {}): Promise<WriteValue> {
    const value = await this.call<WriteValue>('write', { path, content, ...extra });
    this.#hasWritten();
    return value;
  }

  /** Writes files and makes folders as one change, or does nothing of it. See `bringing.ts`. */
  async bring(message: string, brought: readonly Brought[]): Promise<void> {
    valueOf(await this.kernel.bring(message, brought));
    this.#hasWritten();
  }

  #hasWritten(): void {
    this.#wrote?.();
    this.#wrote = undefined;
  }

  childNames(folder: string): string[] {
    return [...this.entries.keys()].filter((path) => parentOf(path) === folder && path !== folder).map(nameOf);
  }

  async createFile(folder: string, name: string, content = ''): Promise<string | undefined> {
    const path = join(folder, name);
    return (await this.#try(`“${name}” could not be made`, () => this.write(path, content, { createOnly: true }))) ? path : undefined;
  }

  async createFolder(folder: string, name: string): Promise<string | undefined> {
    const path = join(folder, name);
    return (await this.#try(`“${name}” could not be made`, () => this.call('mkdir', { path }))) ? path : undefined;
  }

  async move(from: string, to: string): Promise<boolean> {
    if (from === to) return true;
    let left: { path: string; why: string }[] = [];
    let followed = 0;
    const done = await this.#try(`“${nameOf(from)}” could not be moved`, async () => {
      const moved = await this.call<{ paths: string[]; left?: typeof left }>('move', { from, to });
      left = moved.left ?? [];
      // The folders above were made for it, if need be. All else that was touched names it.
      followed = moved.paths.filter((path) => !isInside(path, from) && !isInside(path, to) && !isInside(to, path)).length;
    });
    // Names that lead nowhere now are somebody's to mend, so this stays until it is closed.
    if (left.length > 0) this.toasts.show({ tone: 'error', text: `“${nameOf(from)}” moved, and not all that names it could follow.`, hint: `Not rewritten: ${left.map(({ path, why }) => `${path} (${why})`).join(', ')}.`, action: this.undoAction() });
    else if (done && (followed > 0 || parentOf(from) !== parentOf(to))) {
      const what = parentOf(from) === parentOf(to) ? `Renamed “${nameOf(from)}” to “${nameOf(to)}”` : `Moved “${nameOf(from)}” to ${folderWords(parentOf(to))}`;
      this.toasts.info(followed > 0 ? `${what}, and changed ${plural(followed, 'file')} that ${followed === 1 ? 'names' : 'name'} it.` : `${what}.`, this.undoAction());
    }
    return done;
  }

  async remove(paths: string[]): Promise<void> {
    let count = 0;
    for (const path of paths)
      if (await this.#try(`“${nameOf(path)}” could not be deleted`, () => this.call('delete', { path }))) count++;
    if (count === 0) return;
    const what = paths.length === 1 && paths[0] ? `“${nameOf(paths[0])}”` : `${count} items`;
    this.toasts.info(`Deleted ${what}.`, this.undoAction(count));
  }

  /** Copies a file or a folder with everything in it, and gives the path of the copy. */
  async copy(from: string, folder: string): Promise<string | undefined> {
    const name = freeName(nameOf(from), this.childNames(folder));
    const target = join(folder, name);
    const all = [...this.entries.values()].filter((entry) => entry.path === from || entry.path.startsWith(`${from}/`));
    const done = await this.#try(`“${nameOf(from)}” could not be copied`, async () => {
      const copies: Brought[] = [];
      for (const entry of all) {
        // What is no text is never typed, so its content is stored.
        const content = entry.kind === 'folder' ? null : entry.text ? await this.readBytes(entry.path) : entry.hash;
        copies.push({ path: target + entry.path.slice(from.length), content });
      }
      await this.bring(`Copy ${from} to ${target}`, copies);
    });
    if (done) this.toasts.success(`Copied “${nameOf(from)}” to ${name === nameOf(from) ? folderWords(folder) : `“${target}”`}.`, this.undoAction());
    return done ? target : undefined;
  }

  /** The newest change that can be undone. What Selvage writes by itself is nobody's to undo. */
  async newestChange(): Promise<HistoryChange | undefined> {
    const result = await this.kernel.call('history', { limit: RECENT_CHANGES });
    return result.ok ? (result.value as { changes: HistoryChange[] }).changes.find((change) => change.origin.kind !== 'system') : undefined;
  }

  async undo(times = 1): Promise<void> {
    await this.#travel('undo', 'redo', times);
  }

  async redo(times = 1): Promise<void> {
    await this.#travel('redo', 'undo', times);
  }

  /** Goes so many changes back or forth, and tells where that was, since it may be in files that nobody sees. */
  async #travel(tool: Travel, back: Travel, times: number): Promise<void> {
    const touched = new Set<string>();
    const isDone = await this.#try(`Nothing was ${tool}ne`, async () => {
      for (let step = 0; step < times; step++) for (const path of (await this.call<{ paths: string[] }>(tool, {})).paths) touched.add(path);
    });
    // The way back is from where the workspace is now: what an earlier note offers would be another.
    this.toasts.clear('undo');
    // A folder goes without saying where something in it is told.
    const [first, ...others] = [...touched].filter((path) => ![...touched].some((other) => other !== path && isInside(other, path)));
    const where = first === undefined ? ', of which nothing was left' : ` of “${first}”${others.length ? ` and ${others.length} more` : ''}`;
    if (isDone) this.toasts.show({ tone: 'info', text: `${tool === 'undo' ? 'Undone' : 'Redone'}: the last ${times === 1 ? 'change' : `${times} changes`}${where}.`, action: this.#offer(back, times), about: 'undo' });
  }

  /** What a toast offers after so many changes: to take them back. */
  undoAction(times = 1): Action {
    return this.#offer('undo', times);
  }

  /** What a toast offers until something else is changed: both ways start from the last changes, whatever they are. */
  #offer(tool: Travel, times: number): Action {
    const action = { label: tool === 'undo' ? 'Undo' : 'Redo', run: () => void this.#take(action, tool, times) };
    this.#offers.set(action, this.newestChange());
    return action;
  }

  async #take(action: Action, tool: Travel, times: number): Promise<void> {
    if (await this.#isNewest(action)) return this[tool](times);
    this.toasts.info(`Nothing was ${tool}ne: something else was changed since. A file’s menu has its earlier versions.`);
  }

  /** Whether what was changed last is still what it was when an action was offered. */
  async #isNewest(action: Action): Promise<boolean> {
    const [then, now] = await Promise.all([this.#offers.get(action), this.newestChange()]);
    return then !== undefined && then.change === now?.change;
  }

  /** Takes offers away that would undo or redo something else by now. */
  async #withdraw(): Promise<void> {
    for (const { id, action } of this.toasts.list) if (action && this.#offers.has(action) && !(await this.#isNewest(action))) this.toasts.withdraw(id);
  }

  async #try(what: string, run: () => Promise<unknown>): Promise<boolean> {
    try {
      await run();
      return true;
    } catch (error) {
      this.toasts.failure(what, error instanceof ToolFailure ? error : new Error(String(error)));
      return false;
    }
  }
}
