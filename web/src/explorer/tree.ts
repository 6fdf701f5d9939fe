// The explorer's tree as a flat list of rows: what a keyboard moves over and what gets drawn.

import { nameOf, parentOf } from '../lib/paths';
import type { Entry } from '../lib/tools';

/** What a tree needs to know of an entry. */
export type Node = Pick<Entry, 'path' | 'name' | 'kind'>;

export interface Row<N extends Node = Entry> {
  entry: N;
  depth: number;
  expanded: boolean;
  /** Place among its siblings, from 1, and how many there are. */
  position: number;
  siblings: number;
}

export type Children<N extends Node = Entry> = ReadonlyMap<string, readonly N[]>;

const ORDER = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** Entries by their folder: folders first, then by name as people count. */
export function childrenOf<N extends Node>(entries: Iterable<N>): Children<N> {
  const children = new Map<string, N[]>();
  for (const entry of entries) {
    const folder = parentOf(entry.path);
    const list = children.get(folder);
    if (list) list.push(entry);
    else children.set(folder, [entry]);
  }
  for (const list of children.values())
    list.sort((a, b) => (a.kind === b.kind ? ORDER.compare(a.name, b.name) || (a.path < b.path ? -1 : 1) : a.kind === 'folder' ? -1 : 1));
  return children;
}

/** The rows that are visible with these folders open. */
export function rowsOf<N extends Node>(children: Children<N>, expanded: ReadonlySet<string>): Row<N>[] {
  const rows: Row<N>[] = [];
  const walk = (folder: string, depth: number): void => {
    const list = children.get(folder) ?? [];
    list.forEach((entry, index) => {
      const open = entry.kind === 'folder' && expanded.has(entry.path);
      rows.push({ entry, depth, expanded: open, position: index + 1, siblings: list.length });
      if (open) walk(entry.path, depth + 1);
    });
  };
  walk('', 0);
  return rows;
}

/** Rows that are drawn above and below those that are seen. */
const AROUND = 8;

/** The rows that are drawn where the tree is scrolled to `top`, and the place of the first of them. */
export function drawn<N extends Node>(rows: readonly Row<N>[], top: number, height: number, rowHeight: number): { first: number; visible: readonly Row<N>[] } {
  const first = Math.max(0, Math.floor(top / rowHeight) - AROUND);
  return { first, visible: rows.slice(first, first + Math.ceil(height / rowHeight) + 2 * AROUND) };
}

/** How high a row of this tree is. */
export const rowHeightOf = (tree: HTMLElement): number => Number.parseFloat(getComputedStyle(tree).getPropertyValue('--row')) || 26;

/** Scrolls a tree so far that the row at a place is seen. */
export function scrollTo(tree: HTMLElement, index: number, rowHeight: number): void {
  const at = index * rowHeight;
  if (at < tree.scrollTop) tree.scrollTop = at;
  else if (at + rowHeight > tree.scrollTop + tree.clientHeight) tree.scrollTop = at + rowHeight - tree.clientHeight;
}

export type Step = { select: string } | { expand: string } | { collapse: string } | undefined;

/** What an arrow key does, as the tree pattern has it. */
export function step(rows: readonly Row<Node>[], selected: string | undefined, key: string, page: number): Step {
  const at = rows.findIndex((row) => row.entry.path === selected);
  const row = rows[at];
  const select = (index: number): Step => {
    const target = rows[Math.min(Math.max(index, 0), rows.length - 1)];
    return target ? { select: target.entry.path } : undefined;
  };
  switch (key) {
    case 'ArrowDown':
      return select(at + 1);
    case 'ArrowUp':
      return select(at < 0 ? 0 : at - 1);
    case 'Home':
      return select(0);
    case 'End':
      return select(rows.length - 1);
    case 'PageDown':
      return select(at + page);
    case 'PageUp':
      return select(at - page);
    case 'ArrowRight':
      if (!row || row.entry.kind !== 'folder') return undefined;
      if (!row.expanded) return { expand: row.entry.path };
      return rows[at + 1]?.depth === row.depth + 1 ? select(at + 1) : undefined;
    case 'ArrowLeft':
      if (!row) return undefined;
      if (row.expanded) return { collapse: row.entry.path };
      return parentOf(row.entry.path) ? { select: parentOf(row.entry.path) } : undefined;
    default:
      return undefined;
  }
}

/** The next row whose name starts with what was typed, from the selected one on and around. */
export function typeAhead(rows: readonly Row<Node>[], selected: string | undefined, typed: string): string | undefined {
  const at = rows.findIndex((row) => row.entry.path === selected);
  const wanted = typed.toLowerCase();
  // A single letter moves on; more letters refine where the cursor is.
  const first = typed.length === 1 ? at + 1 : Math.max(at, 0);
  for (let count = 0; count < rows.length; count++) {
    const row = rows[(first + count) % rows.length];
    if (row && nameOf(row.entry.path).toLowerCase().startsWith(wanted)) return row.entry.path;
  }
  return undefined;
}
