// The text of a form, as a value whose parts can be found in the text again.

import { jsonLanguage } from '@codemirror/lang-json';
import type { SyntaxNode } from '@lezer/common';

/** A longer text is not read as a form. */
export const FORM_CHARS_MAX = 256 * 1024;

/** Counted from 1. */
export interface Place {
  line: number;
  column: number;
}

/** The way to a part: keys of objects, numbers in lists. */
export type Path = readonly (string | number)[];

export interface Source {
  value: unknown;
  /** Where a part is; of one that is not there, where it would be. */
  place(path: Path): Place;
}

/** The text can't be read at all. */
export class Unreadable extends Error {
  constructor(
    message: string,
    readonly place: Place,
  ) {
    super(message);
    this.name = 'Unreadable';
  }
}

export async function readSource(path: string, text: string): Promise<Source> {
  if (text.length > FORM_CHARS_MAX) throw new Unreadable(`The text has more than ${FORM_CHARS_MAX / 1024} KiB, which is too long for a form.`, { line: 1, column: 1 });
  // What reads YAML is fetched with the first such form.
  return path.endsWith('.json') ? readJsonSource(text) : (await import('./yaml')).readYamlSource(text);
}

export function readJsonSource(text: string): Source {
  const tree = jsonLanguage.parser.parse(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    let broken: number | undefined;
    tree.iterate({
      enter: (node) => {
        if (node.type.isError) broken ??= node.from;
        return broken === undefined;
      },
    });
    const said = error instanceof Error ? error.message : String(error);
    throw new Unreadable(text.trim() === '' ? 'The file is empty.' : 'This is not JSON from here on.', broken === undefined ? placeInWords(said, text) : placeAt(text, broken));
  }
  return { value, place: (path) => placeAt(text, partOf(tree.topNode.firstChild, path, text)) };
}

/** What the browser said, where it said a place. */
function placeInWords(said: string, text: string): Place {
  const [, line, column] = /line (\d+) column (\d+)/.exec(said) ?? [];
  if (line !== undefined) return { line: Number(line), column: Number(column) };
  return placeAt(text, Number(/position (\d+)/.exec(said)?.[1] ?? 0));
}

export function placeAt(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - start + 1 };
}

function partOf(top: SyntaxNode | null, path: Path, text: string): number {
  let node = top;
  let at = node?.from ?? 0;
  for (const step of path) {
    const next = typeof step === 'number' ? valuesIn(node)[step] : propertyOf(node, step, text);
    if (!next) break;
    at = next.from;
    node = next.name === 'Property' ? next.lastChild : next;
  }
  return at;
}

/** Of several with one name, the last: it is the one that counts. */
function propertyOf(node: SyntaxNode | null, name: string, text: string): SyntaxNode | undefined {
  return node?.getChildren('Property').findLast((property) => {
    const key = property.getChild('PropertyName');
    return key !== null && JSON.parse(text.slice(key.from, key.to)) === name;
  });
}

function valuesIn(node: SyntaxNode | null): SyntaxNode[] {
  const values: SyntaxNode[] = [];
  for (let child = node?.firstChild ?? null; child; child = child.nextSibling) if (/^[A-Z]/.test(child.name)) values.push(child);
  return values;
}
