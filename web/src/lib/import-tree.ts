// What an import can bring as a tree, so that a person takes or leaves files one by one, or folders with all in them; and how such a file differs.

import type { Node } from '../explorer/tree';
import { bytes } from './format';
import { foldersAbove, isInside, nameOf } from './paths';
import type { ImportFile, ImportPlan } from './zip';

/** A file, an empty folder, or a folder above those. */
export interface ImportNode extends Node {
  file?: ImportFile;
}

/** Up to so many files and folders, all folders are open at the beginning. */
const OPEN_NODES_MAX = 100;

const folderNode = (path: string): ImportNode => ({ path, name: nameOf(path), kind: 'folder' });

/** Files and empty folders, with the folders above them. */
export function nodesOf(files: readonly ImportFile[], folders: readonly string[]): ImportNode[] {
  const above = new Set([...files.map(({ path }) => path), ...folders].flatMap(foldersAbove));
  return [...[...above, ...folders].map(folderNode), ...files.map((file) => ({ path: file.path, name: nameOf(file.path), kind: 'file' as const, file }))];
}

/** The folders that are open at the beginning: all where there is little in them, else none. */
export const openFirst = (nodes: readonly ImportNode[]): string[] =>
  nodes.length > OPEN_NODES_MAX ? [] : nodes.filter(({ kind }) => kind === 'folder').map(({ path }) => path);

/** How many of these paths are, or lie in, each file and folder. */
export function countsOf(paths: Iterable<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const path of paths) for (const one of [...foldersAbove(path), path]) counts.set(one, (counts.get(one) ?? 0) + 1);
  return counts;
}

/** Whether it would replace a record, which is kept as it is: the one of the zip may be from before what this one tells, as of the decisions of a day. */
export const replacesRecord = ({ path, effect }: ImportFile): boolean => effect === 'replaces' && isInside(path, 'runs');

/** What a person is asked about and takes at the beginning: all but rules and what would replace records, which come in only by a choice. */
export const takenFirst = ({ files, folders }: ImportPlan): string[] => [
  ...files.filter((file) => file.effect !== 'unchanged' && !replacesRecord(file)).map(({ path }) => path),
  ...folders,
];

/** The most bytes of a file that is compared line by line. */
const COMPARED_BYTES_MAX = 1024 * 1024;

/** What of a file and what would replace it can be compared, and what there is to say of it. */
export function compared(mine: Uint8Array, other: Uint8Array): { texts?: readonly [string, string]; note?: string } {
  if (Math.max(mine.length, other.length) > COMPARED_BYTES_MAX) return { note: `They are too long for a comparison: it takes at most ${bytes(COMPARED_BYTES_MAX)}.` };
  const texts = [textOf(mine), textOf(other)] as const;
  const [old, now] = texts;
  if (old === undefined || now === undefined) return { note: 'Only texts can be compared.' };
  // An editor has one kind of line end and would show no difference.
  const differOnlyInEnds = old !== now && old.replaceAll('\r\n', '\n') === now.replaceAll('\r\n', '\n');
  return { texts: [old, now], ...(differOnlyInEnds ? { note: 'Only their line ends differ.' } : {}) };
}

/** Bytes as text, with all that is in it; nothing of what is none. */
function textOf(content: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
