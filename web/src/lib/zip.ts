// The workspace as a zip file and back. It is loaded with the first zip: `archive.ts` has what begins with a click.

import { Unzip, UnzipInflate, Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import { entriesIn } from './archive';
import { bring } from './bringing';
import { plural } from './format';
import { sha256 } from './hash';
import { decides } from './import-rules';
import { isMounted, nameOf, parentOf } from './paths';
import { isStrings } from './settings';
import type { Entry, HistoryChange } from './tools';
import type { Workbench } from './workbench.svelte';
import type { Workspace } from './workspace.svelte';

/** Files that say what others may do, or what is kept, with why no zip brings them. */
const OWN_FILES = new Map([
  ['embed.json', 'which pages may call tools is not for a zip to say'],
  ['retention.json', 'how long the past is kept is not for a zip to say'],
]);
/** The file of an export that says which workspace it is of, and at which heads. */
export const STAMP = 'workspace.json';
/** How many changes are asked for at a time on the way to the first one. */
const CHANGES_MAX = 10_000;
export const IMPORT_BYTES_MAX = 512 * 1024 * 1024;
export const IMPORT_FILES_MAX = 20_000;
/** Packed bytes that are unpacked at a time: a thousandfold of them at the most comes out before what came out is counted. */
const SLICE_BYTES = 16 * 1024;
/** After so many slices, the page has a turn. */
const SLICES_MAX = 64;

/** What importing a file does: nothing where the workspace has the same bytes at its path. */
export type ImportEffect = 'new' | 'replaces' | 'unchanged';

export interface ImportFile extends Unpacked {
  effect: ImportEffect;
  /** The hash of what was there when that was judged. */
  over: string | undefined;
}

/** A file that takes effect by being there, and what it decides. */
export interface ImportRule extends ImportFile {
  decides: string;
}

export interface ImportPlan {
  name: string;
  files: ImportFile[];
  /** They are none of the files until a person takes them: `chosen` puts them there. */
  rules: ImportRule[];
  /** Folders that are new and have no file in the zip. */
  folders: string[];
  /** What is left out, and why. */
  skipped: { name: string; reason: string }[];
}

/** Which workspace a zip is of, and where in its history. */
export interface Stamp {
  workspace: string;
  heads: string[];
}

export interface Unpacked {
  path: string;
  bytes: Uint8Array<ArrayBuffer>;
}

const PACKED = /\.(?:png|jpe?g|gif|webp|avif|zip|gz|br|mp4|webm|woff2)$/i;

/** Everything below a folder as the parts of a zip: files as they are and folders by their names. */
export async function* zipOf(workspace: Workspace, folder: string): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let parts: Uint8Array<ArrayBuffer>[] = [];
  let failed: Error | undefined;
  const zip = new Zip((error, part) => {
    if (error) failed = error;
    else parts.push(part as Uint8Array<ArrayBuffer>);
  });
  function* made() {
    if (failed) throw failed;
    yield* parts;
    parts = [];
  }
  const base = folder === '' ? 0 : parentOf(folder) === '' ? 0 : parentOf(folder).length + 1;
  for (const entry of entriesIn(workspace, folder)) {
    const isFolder = entry.kind === 'folder';
    const name = entry.path.slice(base);
    const file = isFolder ? new ZipPassThrough(`${name}/`) : PACKED.test(name) ? new ZipPassThrough(name) : new ZipDeflate(name, { level: 6 });
    file.mtime = new Date(Math.max(entry.modifiedMs, Date.UTC(1980, 0, 2)));
    zip.add(file);
    if (!isFolder)
      for await (const part of workspace.partsOf(entry)) {
        file.push(part);
        yield* made();
      }
    file.push(new Uint8Array(), true);
    yield* made();
  }
  // A file of that name that somebody made is theirs.
  if (folder === '' && !workspace.entries.has(STAMP)) {
    const file = new ZipPassThrough(STAMP);
    zip.add(file);
    file.push(new TextEncoder().encode(JSON.stringify(await stampOf(workspace))), true);
  }
  zip.end();
  yield* made();
}

/** A workspace is told from others by the first change that was made in it. */
async function stampOf(workspace: Workspace): Promise<Stamp> {
  const { heads } = await workspace.call<{ heads: string[] }>('seal', {});
  let first = '';
  for (let skip = 0, more = true; more; skip += CHANGES_MAX) {
    const found = await workspace.call<{ changes: HistoryChange[]; more: boolean }>('history', { limit: CHANGES_MAX, skip });
    first = found.changes.at(-1)?.change ?? first;
    more = found.more;
  }
  return { workspace: first, heads };
}

/** What the stamp among the files of a zip says; nothing where there is none. */
export function readStamp(files: readonly Unpacked[]): Stamp | undefined {
  const file = files.find(({ path }) => path === STAMP);
  try {
    const { workspace, heads } = JSON.parse(new TextDecoder().decode(file?.bytes)) as Partial<Stamp>;
    return typeof workspace === 'string' && isStrings(heads) ? { workspace, heads } : undefined;
  } catch {
    return undefined;
  }
}

/** The files and folders of a zip by path, and what of it can't be one. */
export async function unpack(bytes: Uint8Array): Promise<{ found: Unpacked[]; folders: string[]; skipped: ImportPlan['skipped'] }> {
  const found: Unpacked[] = [];
  const folders: string[] = [];
  const skipped: ImportPlan['skipped'] = [];
  let total = 0;
  const unzip = new Unzip((file) => {
    const path = safePath(file.name);
    if (path === undefined) {
      skipped.push({ name: file.name, reason: 'its path leads out of the workspace' });
      return;
    }
    if (found.length + folders.length >= IMPORT_FILES_MAX) {
      skipped.push({ name: file.name, reason: `a zip may bring ${IMPORT_FILES_MAX.toLocaleString('en')} files` });
      return;
    }
    if (file.name.endsWith('/')) {
      folders.push(path);
      return;
    }
    const parts: Uint8Array[] = [];
    file.ondata = (error, part, final) => {
      if (error) throw error;
      total += part.length;
      if (total > IMPORT_BYTES_MAX) throw new Error(`It unpacks to more than ${IMPORT_BYTES_MAX / 1024 / 1024} MB.`);
      parts.push(part);
      if (final) found.push({ path, bytes: joined(parts) });
    };
    file.start();
  });
  unzip.register(UnzipInflate);
  for (let at = 0, slices = 1; at < bytes.length || at === 0; at += SLICE_BYTES, slices += 1) {
    unzip.push(bytes.subarray(at, at + SLICE_BYTES), at + SLICE_BYTES >= bytes.length);
    if (slices % SLICES_MAX === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  if (found.length + folders.length === 0) throw new Error('There are no files in it, or it is not a zip.');
  found.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { found: apart(found, skipped), folders, skipped };
}

/** The files that can be there together: none of them twice, and none where others have a folder. The rest is told. */
function apart(found: Unpacked[], skipped: ImportPlan['skipped']): Unpacked[] {
  const parents = new Set<string>();
  for (const { path } of found) for (let up = parentOf(path); up !== '' && !parents.has(up); up = parentOf(up)) parents.add(up);
  const seen = new Set<string>();
  return found.filter(({ path }) => {
    const reason = parents.has(path) ? 'other files have it as their folder' : seen.has(path) ? 'another file has its name' : undefined;
    if (reason !== undefined) skipped.push({ name: path, reason });
    seen.add(path);
    return reason === undefined;
  });
}

/** Reads a zip into a plan that says what it would write. Nothing is written yet. */
export async function planImport(workspace: Pick<Workspace, 'entries'>, name: string, bytes: Uint8Array): Promise<ImportPlan> {
  const { found, folders, skipped } = await unpack(bytes);
  const stamped = readStamp(found) !== undefined;
  const files: ImportFile[] = [];
  const rules: ImportRule[] = [];
  for (const file of found) {
    if (stamped && file.path === STAMP) continue;
    const entry = workspace.entries.get(file.path);
    const effect = await effectOf(entry, file.bytes);
    const reason = isMounted(file.path) ? 'other workspaces are mounted, not imported' : OWN_FILES.get(file.path.toLowerCase());
    const rule = effect === 'unchanged' ? undefined : decides(file, effect === 'replaces');
    if (effect !== 'unchanged' && reason) skipped.push({ name: file.path, reason });
    else if (rule !== undefined) rules.push({ ...file, effect, over: entry?.hash, decides: rule });
    else files.push({ ...file, effect, over: entry?.hash });
  }
  // What lies in a folder makes it.
  const filled = new Set<string>();
  for (const path of [...files.map(({ path }) => path), ...folders]) {
    for (let above = parentOf(path); above !== '' && !filled.has(above); above = parentOf(above)) filled.add(above);
  }
  const empty = folders.filter((folder) => !workspace.entries.has(folder) && !isMounted(folder) && !filled.has(folder));
  return { name, files, rules, folders: empty, skipped };
}

/** The same with only what a person takes of it. */
export function chosen(plan: ImportPlan, taken: ReadonlySet<string>): ImportPlan {
  const files = [...plan.files.filter(({ effect }) => effect !== 'unchanged'), ...plan.rules].filter(({ path }) => taken.has(path));
  return { ...plan, files, rules: [], folders: plan.folders.filter((path) => taken.has(path)) };
}

async function effectOf(entry: Entry | undefined, bytes: Uint8Array<ArrayBuffer>): Promise<ImportEffect> {
  if (entry?.kind !== 'file') return 'new';
  return entry.size === bytes.length && entry.hash === (await sha256(bytes)) ? 'unchanged' : 'replaces';
}

/** A path inside the workspace, or nothing for one that points elsewhere. */
export function safePath(name: string): string | undefined {
  const parts = name.replaceAll('\\', '/').split('/').filter((part) => part !== '' && part !== '.');
  if (parts.length === 0 || parts.includes('..') || /^[a-z]:$/i.test(parts[0] ?? '') || name.includes('\0')) return undefined;
  // As the workspace keeps names, so that what would be replaced is found.
  return parts.join('/').normalize('NFC');
}

/** What an import brings, in words. */
export function brought(files: number, folders: number): string {
  return folders === 0 ? plural(files, 'file') : `${plural(files, 'file')} and ${plural(folders, 'empty folder')}`;
}

/** Writes what is chosen of a plan, as one change. */
export async function applyImport(wb: Workbench, plan: ImportPlan): Promise<void> {
  const files = plan.files.map(({ path, bytes, over }) => ({ path, content: bytes, over }));
  const left = (path: string, error: unknown): void => void wb.toasts.failure(`“${nameOf(path)}” was not imported`, error);
  try {
    const came = new Set(await bring(wb.workspace, `Import ${plan.name}`, files, plan.folders, { left }));
    const written = files.filter(({ path }) => came.has(path)).length;
    if (came.size) wb.toasts.success(`Imported ${brought(written, came.size - written)} from ${plan.name}.`, wb.workspace.undoAction());
  } catch (error) {
    wb.toasts.failure('Nothing was imported', error);
  }
}

function joined(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
