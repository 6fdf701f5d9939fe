// The colours of YAML. A line tells most of what is needed to colour it, so that there is no grammar and no tree of it here, and
// nothing is loaded for it with the page.

import type { Extension } from '@codemirror/state';
import { Decoration, EditorView, ViewPlugin, type DecorationSet, type ViewUpdate } from '@codemirror/view';

/** Longer texts stay as they are: colours are found from the beginning, as a block of text may begin anywhere. */
export const COLOURED_CHARS_MAX = 300_000;

export type Colour = 'comment' | 'key' | 'string' | 'constant' | 'mark';

export interface Coloured {
  from: number;
  to: number;
  colour: Colour;
}

const TOKEN = /(#.*$)|("(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?)|((?:[&*!][^\s,[\]{}]+|^%.*$|^---|^\.\.\.))|([-?](?=\s|$))|([[\]{},]|:(?=\s|$))|([^\s[\]{},:#](?:[^[\]{},:#\n]|:(?=\S)|(?<=\S)#)*)/g;
const CONSTANT = /^(?:true|false|null|~|[-+]?(?:\d[\d_]*(?:\.\d+)?(?:e[-+]?\d+)?|0x[\da-f]+|0o[0-7]+|\.inf|\.nan))$/i;

/** The colours of a text, by offsets. */
export function coloursOf(text: string): Coloured[] {
  const found: Coloured[] = [];
  let offset = 0;
  /** The indentation of the key whose value is a block of text. */
  let block: number | undefined;
  for (const line of text.split('\n')) {
    const indent = /^ */.exec(line)?.[0].length ?? 0;
    if (block !== undefined && (line.trim() === '' || indent > block)) {
      if (line.trim()) found.push({ from: offset + indent, to: offset + line.length, colour: 'string' });
    } else {
      block = /(?:^|[:-] +|\s)[|>][-+\d]*\s*(?:#.*)?$/.test(line) ? indent : undefined;
      for (const match of line.matchAll(TOKEN)) {
        const [whole, comment, quoted, special, dash, sign] = match;
        // A sign of a comment stands behind a space.
        if (comment && match.index > 0 && !/\s/.test(line[match.index - 1] ?? '')) continue;
        const plain = whole.trimEnd();
        const isKey = /^\s*:(?:\s|$)/.test(line.slice(match.index + whole.length));
        const colour: Colour = comment ? 'comment' : special || dash || sign ? 'mark' : isKey ? 'key' : quoted ? 'string' : CONSTANT.test(plain) ? 'constant' : 'string';
        found.push({ from: offset + match.index, to: offset + match.index + plain.length, colour });
      }
    }
    offset += line.length + 1;
  }
  return found;
}

const MARKS = Object.fromEntries((['comment', 'key', 'string', 'constant', 'mark'] as const).map((colour) => [colour, Decoration.mark({ class: `yaml-${colour}` })])) as Record<Colour, Decoration>;

const colours = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;

    constructor(view: EditorView) {
      this.decorations = this.#colour(view);
    }

    update(update: ViewUpdate): void {
      if (update.docChanged) this.decorations = this.#colour(update.view);
    }

    #colour({ state }: EditorView): DecorationSet {
      if (state.doc.length > COLOURED_CHARS_MAX) return Decoration.none;
      return Decoration.set(coloursOf(state.doc.toString()).map(({ from, to, colour }) => MARKS[colour].range(from, to)));
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

const look = EditorView.theme({
  '.yaml-comment': { color: 'var(--code-comment)', fontStyle: 'italic' },
  '.yaml-key': { color: 'var(--code-property)' },
  '.yaml-string': { color: 'var(--code-string)' },
  '.yaml-constant': { color: 'var(--code-number)' },
  '.yaml-mark': { color: 'var(--ink-soft)' },
});

export const yaml: Extension = [colours, look];
