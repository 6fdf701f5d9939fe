// Where in a JSON document a place is, by the editor's tree of it, which also stands while it is being typed.

import { syntaxTree } from '@codemirror/language';
import type { EditorState } from '@codemirror/state';
import type { SyntaxNode } from '@lezer/common';

/** The longest word that is completed. */
const TYPED_CHARS_MAX = 64;

export interface JsonPlace {
  path: (string | number)[];
  kind: 'key' | 'value';
  from: number;
  to: number;
  /** What is typed has its quotes already. */
  quoted: boolean;
  taken: string[];
}

/** The nodes that hold others. */
const AROUND = new Set(['Object', 'Array', 'Property', 'JsonText']);

export function jsonPlace(state: EditorState, pos: number): JsonPlace | undefined {
  const text = (of: SyntaxNode): string => state.sliceDoc(of.from, of.to);
  let node: SyntaxNode = syntaxTree(state).resolveInner(pos, -1);
  if (node.type.isError && node.parent) node = node.parent;
  const isString = node.name === 'String' || node.name === 'PropertyName';
  const isClosed = isString && node.to - node.from > 1 && text(node).endsWith('"');
  // Behind its last quote, a string is over.
  if (isClosed && pos === node.to) return undefined;
  const typed = /\w*$/.exec(state.sliceDoc(Math.max(0, pos - TYPED_CHARS_MAX), pos))?.[0].length ?? 0;
  const word = isString ? { from: node.from + 1, to: isClosed ? node.to - 1 : pos, quoted: true } : { from: pos - typed, to: pos, quoted: false };

  const own = node.name === 'PropertyName' ? node.parent : null;
  let around: SyntaxNode | null = own ? own.parent : node;
  while (around && !AROUND.has(around.name)) around = around.parent;
  // Behind its last bracket, a map or a list is over.
  if (!around || (around.to === pos && /[\]}]$/.test(state.sliceDoc(pos - 1, pos)))) return undefined;
  const last = around.name === 'Object' ? around.childBefore(pos) : null;
  // A value that is missing is not part of its property yet.
  if (!own && last?.name === 'Property' && /:\s*\w*$/.test(state.sliceDoc(last.from, pos))) around = last;
  if (around.name !== 'Object') return { path: pathOf(around, text), kind: 'value', taken: [], ...word };
  const others = around.getChildren('Property').filter((one) => one.from !== own?.from);
  return { path: pathOf(around, text), kind: 'key', taken: others.map((one) => nameOf(one, text)), ...word };
}

/** The path of what a node holds. */
function pathOf(node: SyntaxNode, text: (of: SyntaxNode) => string): (string | number)[] {
  const path: (string | number)[] = [];
  for (let up: SyntaxNode | null = node; up; up = up.parent) {
    if (up.name === 'Property') path.unshift(nameOf(up, text));
    else if (up.name === 'Array') path.unshift(0);
  }
  return path;
}

function nameOf(property: SyntaxNode, text: (of: SyntaxNode) => string): string {
  const name = property.getChild('PropertyName');
  try {
    return name ? (JSON.parse(text(name)) as string) : '';
  } catch {
    return '';
  }
}
