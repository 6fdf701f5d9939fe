// Files from the device on their way into the workspace: where each of them goes, and what is asked where its name is taken. It is loaded with
// the first upload: `upload.ts` has what begins with a click or a drop.

import { show } from '../lib/archive';
import { bring, type Bringing } from '../lib/bringing';
import { plural } from '../lib/format';
import { folded, folderWords, freeAmong, isInside, isManifest, isMounted, join, nameOf, parentOf } from '../lib/paths';
import type { Entry } from '../lib/tools';
import type { Workbench } from '../lib/workbench.svelte';
import type { Workspace } from '../lib/workspace.svelte';
import type { Incoming } from './upload';

/** From here on, an upload shows how far it is. */
const SHOWN_BYTES_MIN = 4 * 1024 * 1024;
/** Of so many files that would be written over, the names are told. */
const NAMED_MAX = 5;
const AND = new Intl.ListFormat('en-GB');

interface Placed extends Incoming {
  /** Where it goes unless both are kept. */
  place: string;
  effect: 'new' | 'replaces' | 'same';
  /** The hash of what was there when that was judged. */
  over: string | undefined;
}

/** What comes under one name: a file, or a folder with all that is in it. */
interface Root {
  name: string;
  files: Placed[];
  /** Whether it can go where something has its name: file over file, or folder into folder. */
  joins: boolean;
}

/** Whether a person has to say what becomes of it: what is there already, byte for byte, is no question. */
const isClash = ({ joins, files }: Root): boolean => joins && files.some(({ effect }) => effect !== 'same');

/** Writes files below a folder as one change, and gives where they are. */
export async function uploadTo(wb: Workbench, folder: string, incoming: readonly Incoming[]): Promise<string[]> {
  const roots = await rootsOf(wb.workspace, folder, incoming);
  const clashes = roots.filter(isClash);
  const answer = clashes.length ? await ask(wb, folder, clashes) : 'replace';
  if (answer === undefined) return [];
  const joining = new Set(roots.filter((root) => root.joins && (answer === 'replace' || !isClash(root))));
  // A name that is free is that of whoever has it. Others get one that nobody has.
  const held = new Set(wb.workspace.childNames(folder).map(folded));
  const used = new Set([...held, ...roots.map(({ name }) => folded(name))]);
  const files = roots.flatMap((root) => {
    if (joining.has(root)) return root.files.filter(({ effect }) => effect !== 'same').map(({ place, file, over }) => ({ path: place, content: file, over }));
    const name = held.has(folded(root.name)) ? freeAmong(root.name, used) : root.name;
    for (const names of [held, used]) names.add(folded(name));
    return root.files.map(({ path, file }) => ({ path: join(folder, name + path.slice(root.name.length)), content: file, over: undefined }));
  });
  const same = [...joining].flatMap((root) => root.files.filter(({ effect }) => effect === 'same').map(({ place }) => place));
  if (files.length === 0 && same.length) wb.toasts.info(`${wordsFor(same)} ${same.length === 1 ? 'is' : 'are'} in ${folderWords(folder)} already, just the same.`);
  return [...same, ...(files.length ? await write(wb, folder, files) : [])];
}

async function write(wb: Workbench, folder: string, files: readonly (Bringing & { content: File })[]): Promise<string[]> {
  const given = new AbortController();
  const paths = files.map(({ path }) => path);
  const all = files.reduce((sum, { content }) => sum + content.size, 0);
  const shown = all > SHOWN_BYTES_MIN ? wb.toasts.progress(`Uploading ${wordsFor(paths)}`, () => given.abort()) : undefined;
  try {
    // The history quotes the message as a whole.
    const written = await bring(wb.workspace, `Upload ${wordsFor(paths, '', '')}`, files, [], {
      left: (path, error) => wb.toasts.failure(`“${nameOf(path)}” was not uploaded`, error),
      told: (done) => shown?.set(done),
      signal: given.signal,
    });
    if (written.length) wb.toasts.success(`Uploaded ${wordsFor(written)} to ${folderWords(folder)}.`, wb.workspace.undoAction());
    else if (given.signal.aborted) wb.toasts.info(`The upload of ${wordsFor(paths)} was cancelled. Nothing of it is kept.`);
    return written;
  } finally {
    shown?.end();
  }
}

/** One file by its name, several by their number. */
const wordsFor = ([path = '', ...more]: readonly string[], open = '“', close = '”'): string =>
  more.length ? plural(more.length + 1, 'file') : `${open}${nameOf(path)}${close}`;

async function rootsOf(workspace: Workspace, folder: string, incoming: readonly Incoming[]): Promise<Root[]> {
  const { entries } = workspace;
  const known = new Map([...entries.keys()].filter((path) => isInside(path, folder)).map((path) => [folded(path), path]));
  // Names that only differ in case are one name, written as it is there.
  const placeOf = (path: string): string => (path === folder ? path : (known.get(folded(path)) ?? join(placeOf(parentOf(path)), nameOf(path))));
  const roots = new Map<string, Root>();
  for (const { path, file } of incoming) {
    const [name = path] = path.split('/');
    const there = entries.get(placeOf(join(folder, name)));
    const joins = there !== undefined && !isMounted(there.path) && (there.kind === 'folder') === (name !== path);
    const root = roots.get(name) ?? { name, files: [], joins };
    roots.set(name, root);
    const place = placeOf(join(folder, path));
    const entry = entries.get(place);
    root.files.push({ path, file, place, effect: joins ? await effectOf(workspace, entry, file) : 'new', over: entry?.hash });
  }
  return [...roots.values()];
}

async function effectOf(workspace: Workspace, entry: Entry | undefined, file: File): Promise<Placed['effect']> {
  if (!entry) return 'new';
  // A file that can't be read is told of when it is to be written.
  return (await isSame(workspace, entry, file).catch(() => false)) ? 'same' : 'replaces';
}

/** Whether a file of the workspace has the same bytes, which are compared part by part. */
async function isSame(workspace: Workspace, entry: Entry, file: File): Promise<boolean> {
  if (entry.kind !== 'file' || entry.size !== file.size) return false;
  let at = 0;
  for await (const part of workspace.partsOf(entry)) {
    const other = new Uint8Array(await file.slice(at, at + part.length).arrayBuffer());
    if (part.some((byte, index) => byte !== other[index])) return false;
    at += part.length;
  }
  return at === file.size;
}

/** Asks once what becomes of all names that are taken; nothing is the answer of who wants none of it. */
function ask(wb: Workbench, folder: string, clashes: readonly Root[]): Promise<'replace' | 'both' | undefined> {
  const [first, ...more] = clashes.map(({ name }) => name);
  // What Selvage goes by is named before all others.
  const over = clashes.flatMap(({ files }) => files.filter(({ effect }) => effect === 'replaces').map(({ place }) => place)).sort((a, b) => Number(isManifest(b)) - Number(isManifest(a)));
  const named = over.slice(0, NAMED_MAX).map((path) => `“${folder === '' ? path : path.slice(folder.length + 1)}”`);
  const others = over.length > NAMED_MAX ? [plural(over.length - NAMED_MAX, 'other file')] : [];
  const lost = over.length ? `Replace writes over ${AND.format([...named, ...others])}. Earlier versions stay in the history.` : 'Nothing that is there would be written over.';
  return new Promise((answer) => {
    show(wb, {
      kind: 'confirm',
      title: `${more.length ? plural(more.length + 1, 'name') : `“${first}”`} ${more.length ? 'are' : 'is'} in ${folderWords(folder)} already`,
      text: `${lost} Keep both gives what comes another name.`,
      action: 'Keep both',
      run: () => answer('both'),
      other: { action: over.length ? 'Replace' : 'Put together', run: () => answer('replace') },
      cancelled: () => answer(undefined),
    });
  });
}
