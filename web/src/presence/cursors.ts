// The cursors and selections of others in an editor.

import { StateEffect, StateField, type Extension, type Range } from '@codemirror/state';
import { Decoration, EditorView, WidgetType, type DecorationSet, type ViewUpdate } from '@codemirror/view';
import { fromOutside } from '../editor/sync';
import { COLOURS, cssOf } from './colours';

/** How long a name stays at a cursor that does not move. */
const FLAG_MS = 3_000;

export interface Cursor {
  id: string;
  name: string;
  colour: number;
  anchor: number;
  head: number;
  movedMs: number;
}

/** Somebody's cursor is here now. */
export const put = StateEffect.define<Cursor>();
/** Somebody has no cursor here any more. */
export const take = StateEffect.define<string>();

export const cursors = StateField.define<ReadonlyMap<string, Cursor>>({
  create: () => new Map(),
  update(value, transaction) {
    const changes = transaction.docChanged ? transaction.changes : undefined;
    const news = transaction.effects.filter((effect) => effect.is(put) || effect.is(take));
    if (!changes && news.length === 0) return value;
    // What others type stands before their cursor, what is typed here stands behind it.
    const side = transaction.annotation(fromOutside) ? 1 : -1;
    const next = new Map([...value].map(([id, one]) => [id, changes ? { ...one, anchor: changes.mapPos(one.anchor, side), head: changes.mapPos(one.head, side) } : one]));
    for (const effect of news) {
      if (effect.is(take)) next.delete(effect.value);
      else if (effect.is(put)) {
        const end = transaction.newDoc.length;
        next.set(effect.value.id, { ...effect.value, anchor: Math.min(effect.value.anchor, end), head: Math.min(effect.value.head, end) });
      }
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field, decorated),
});

function decorated(all: ReadonlyMap<string, Cursor>): DecorationSet {
  const marks: Range<Decoration>[] = [];
  for (const cursor of all.values()) {
    const [from, to] = [Math.min(cursor.anchor, cursor.head), Math.max(cursor.anchor, cursor.head)];
    if (from < to) marks.push(Decoration.mark({ class: `peer-selection peer-${cursor.colour}` }).range(from, to));
    marks.push(Decoration.widget({ widget: new CursorWidget(cursor), side: cursor.head < cursor.anchor ? -1 : 1 }).range(cursor.head));
  }
  return Decoration.set(marks, true);
}

class CursorWidget extends WidgetType {
  constructor(readonly cursor: Cursor) {
    super();
  }

  override eq({ cursor }: CursorWidget): boolean {
    return cursor.id === this.cursor.id && cursor.name === this.cursor.name && cursor.colour === this.cursor.colour && cursor.movedMs === this.cursor.movedMs;
  }

  override toDOM(view: EditorView): HTMLElement {
    const line = document.createElement('span');
    line.className = `peer-cursor peer-${this.cursor.colour}`;
    // The avatars say who is where; in the text itself it would be read aloud as a part of it.
    line.setAttribute('aria-hidden', 'true');
    line.dataset['peer'] = this.cursor.name;
    const flag = document.createElement('span');
    flag.className = 'peer-flag';
    flag.textContent = this.cursor.name;
    if (view.state.doc.lineAt(Math.min(this.cursor.head, view.state.doc.length)).number === 1) flag.classList.add('below');
    line.append(flag);
    const leftMs = this.cursor.movedMs + FLAG_MS - Date.now();
    if (leftMs <= 0) flag.classList.add('faded');
    else setTimeout(() => flag.classList.add('faded'), leftMs);
    return line;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

const look = EditorView.theme({
  ...Object.fromEntries(COLOURS.map((_, colour) => [`.peer-${colour}`, { '--peer': cssOf(colour) }])),
  '.peer-cursor': { position: 'relative', borderLeft: '2px solid var(--peer)', marginLeft: '-1px', marginRight: '-1px' },
  '.peer-selection': { backgroundColor: 'color-mix(in srgb, var(--peer) 22%, transparent)' },
  '.peer-flag': {
    position: 'absolute', bottom: '100%', left: '-2px', padding: '0 5px', borderRadius: 'var(--radius-s) var(--radius-s) var(--radius-s) 0', backgroundColor: 'var(--peer)',
    color: 'var(--surface)', font: '600 11px/16px var(--sans)', whiteSpace: 'nowrap', maxWidth: '16em', overflow: 'hidden', textOverflow: 'ellipsis', zIndex: '5',
    pointerEvents: 'none', userSelect: 'none', transition: 'opacity var(--calm) var(--ease)',
  },
  '.peer-flag.below': { bottom: 'auto', top: '100%', borderRadius: '0 var(--radius-s) var(--radius-s) var(--radius-s)' },
  '.peer-flag.faded': { opacity: '0' },
  '.peer-cursor:hover > .peer-flag': { opacity: '1' },
});

/** What an editor needs to show others; `changed` hears of every change of its text and selection. */
export const shownCursors = (changed: (update: ViewUpdate) => void): Extension => [
  cursors,
  look,
  EditorView.updateListener.of((update) => {
    if (update.docChanged || update.selectionSet || update.focusChanged) changed(update);
  }),
];
