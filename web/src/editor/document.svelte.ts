// One open file: what kind of view it needs, and, for text, the editor with its autosave.

import { ChangeSet, Text, Transaction, type ChangeDesc } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import { onNextFrame } from '../lib/frame';
import { familyOf, isFlow, isManifest, isMounted, nameOf } from '../lib/paths';
import { ToolFailure } from '../lib/tools';
import type { Workspace } from '../lib/workspace.svelte';
import { fromOutside, stillSelected, TextSync } from './sync';

/** Larger texts are shown and not edited. */
export const EDITABLE_BYTES_MAX = 1024 * 1024;
/** Of even larger texts only the start is shown. */
export const SHOWN_CHARS_MAX = 2 * 1024 * 1024;
const DRAFT_AFTER_MS = 300;
/** How often a text is written again because others wrote in between. */
const WRITE_TRIES_MAX = 20;

export type DocumentKind = 'loading' | 'text' | 'image' | 'binary' | 'missing';

export class Document {
  path: string = $state('');
  kind = $state<DocumentKind>('loading');
  readOnly = $state(false);
  truncated = $state(false);
  /** Typed and not yet a change of its own: drafts count as dirty until they are saved. */
  dirty = $state(false);
  gone = $state(false);
  /** Whether lint has looked at it. */
  checked = $state(false);
  /** A text that somebody is to look at before it is a file: nothing of it is kept until it is saved. */
  fresh = $state(false);
  problem = $state<string | undefined>(undefined);
  /** Where the cursor is, counted from 1, and how many characters are selected. */
  cursor = $state.raw<{ line: number; column: number; selected: number }>({ line: 1, column: 1, selected: 0 });
  /** Grows when bytes that are not in the editor changed, so that previews read them again. */
  version = $state(0);
  /** Counts changes of the text in the editor, which is too long to be watched itself. */
  revision = $state(0);
  text = '';
  /** How the file ends its lines; the editor itself only knows one way. Where it mixes them, the others stay characters of their lines. */
  lineEnd = '\n';
  view: EditorView | undefined;
  entryId: string | undefined;
  onText: (() => void) | undefined;
  /** Hears that the editor and the workspace agreed on a text. */
  onAgreed: (() => void) | undefined;
  /** Hears that a place of the text is to be seen, so that what lies over it makes way. */
  onReveal: (() => void) | undefined;
  #place: { line: number; column: number } | undefined;
  #wantsFocus = false;
  #sync: TextSync | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> | undefined;
  #since: ChangeSet | undefined;
  /** Names the content that the editor and the workspace last agreed on. */
  #hash: string | undefined;

  constructor(
    readonly id: number,
    path: string,
    readonly workspace: Workspace,
  ) {
    this.path = path;
  }

  get name(): string {
    return nameOf(this.path);
  }

  get isFlow(): boolean {
    return isFlow(this.path);
  }

  /** Nothing of it is kept before the person saves it: a manifest holds as soon as it is there, and half a policy is another one. */
  get held(): boolean {
    return this.fresh || isManifest(this.path);
  }

  /** The text that the workspace gave, as the editor has it. */
  get shown(): Text {
    return Text.of(this.text.split(this.lineEnd));
  }

  #take(text: string): Text {
    this.text = text;
    this.lineEnd = lineEndOf(text);
    return this.shown;
  }

  /** The text as it stands in the editor. */
  get content(): string | undefined {
    return this.kind === 'text' ? (this.view?.state.doc.toString() ?? this.text) : undefined;
  }

  /** The content that the editor and the workspace last agreed on, by its hash, and the edits since then. */
  get agreed(): { version: string; since: ChangeDesc } | undefined {
    return this.#hash !== undefined && this.#sync ? { version: this.#hash, since: this.#sync.local.desc } : undefined;
  }

  /** Begins a file with a text. */
  begin(text: string): void {
    this.#sync = new TextSync(this.#take(text));
    this.fresh = this.dirty = true;
    this.kind = 'text';
    this.#told();
  }

  async load(): Promise<void> {
    const entry = this.workspace.entries.get(this.path);
    this.entryId = entry?.id;
    if (entry && familyOf(this.path) === 'image' && !this.path.endsWith('.svg')) {
      this.kind = 'image';
      return;
    }
    if (entry && !entry.text && entry.size > 0) {
      this.kind = 'binary';
      return;
    }
    const result = await this.workspace.kernel.call('read', { path: this.path, encoding: 'auto', maxChars: SHOWN_CHARS_MAX });
    if (!result.ok) {
      this.kind = 'missing';
      this.problem = result.error.message;
      return;
    }
    const value = result.value as { content: string; encoding: string; size: number; truncated: boolean; hash: string };
    if (value.encoding !== 'text') {
      this.kind = 'binary';
      return;
    }
    this.truncated = value.truncated;
    this.readOnly = value.truncated || value.size > EDITABLE_BYTES_MAX || this.path.startsWith('runs/') || isMounted(this.path);
    this.#hash = value.hash;
    this.#sync = new TextSync(this.#take(value.content));
    this.kind = 'text';
    this.#told();
  }

  /** The editor changed by hand. */
  edited(changes: ChangeSet): void {
    this.#sync?.edited(changes);
    if (this.#since) this.#since = this.#since.compose(changes);
    this.dirty = true;
    clearTimeout(this.#timer);
    if (!this.held) this.#timer = setTimeout(() => void this.flush(true), DRAFT_AFTER_MS);
    this.#told();
  }

  #told(): void {
    this.revision++;
    this.onText?.();
  }

  /** Makes what was typed a change of its own. */
  async save(): Promise<void> {
    if (this.kind !== 'text' || this.readOnly) return;
    await this.flush(false);
  }

  /** Hands what was typed to the workspace: as a draft, or sealed. One write at a time. */
  async flush(draft: boolean): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#writing) await this.#writing;
    const sync = this.#sync;
    if (!sync || !this.view || (draft && sync.clean) || (!draft && !this.dirty)) return;
    this.#writing = this.#write(sync, this.view, draft).finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  async #write(sync: TextSync, view: EditorView, draft: boolean): Promise<void> {
    try {
      for (let tries = 1; ; tries++) {
        const sent = view.state.doc;
        this.#since = ChangeSet.empty(sent.length);
        const code = await this.#send(sent, draft);
        if (code === undefined) {
          sync.acknowledged(sent, this.#since);
          this.onAgreed?.();
          break;
        }
        // Somebody else was faster: their text comes first, and what was typed here is written on top of it.
        this.#since = undefined;
        if (code === 'NOT_FOUND') this.#hash = undefined;
        else await this.#receive();
        if (tries === WRITE_TRIES_MAX) throw new Error('The file changes faster than it can be written.');
      }
      this.gone = this.fresh = false;
      this.problem = undefined;
      if (!draft && sync.clean) this.dirty = false;
    } catch (error) {
      if (this.problem === undefined || !draft) this.workspace.toasts.failure(`“${this.name}” was not saved`, error);
      this.problem = error instanceof Error ? error.message : String(error);
    } finally {
      this.#since = undefined;
    }
  }

  /** Writes a text over the one that it came from. Gives the code where that is not there any more. */
  async #send(sent: Text, draft: boolean): Promise<'STALE' | 'NOT_FOUND' | undefined> {
    const base = this.gone ? undefined : this.#hash;
    try {
      const { hash } = await this.workspace.write(this.path, sent.sliceString(0, sent.length, this.lineEnd), {
        ...(draft ? { draft: true } : {}),
        ...(base === undefined ? {} : { base }),
      });
      this.#hash = hash;
      return undefined;
    } catch (error) {
      const code = error instanceof ToolFailure && base !== undefined ? error.error.code : undefined;
      if (code === 'STALE' || code === 'NOT_FOUND') return code;
      throw error;
    }
  }

  /** Something outside changed the file: brings the editor up to date around the cursor. */
  async refresh(): Promise<void> {
    if (this.kind === 'missing') return this.load();
    if (this.kind !== 'text') {
      this.version++;
      return;
    }
    while (this.#writing) await this.#writing;
    await this.#receive();
  }

  async #receive(): Promise<void> {
    const writing = this.#writing;
    const result = await this.workspace.kernel.call('read', { path: this.path, encoding: 'auto', maxChars: SHOWN_CHARS_MAX });
    // A write that began meanwhile has told the workspace something newer.
    if (this.#writing !== writing) return this.refresh();
    if (!result.ok) return;
    const value = result.value as { content: string; encoding: string; hash: string };
    if (value.encoding !== 'text' || !this.#sync) return;
    this.#hash = value.hash;
    const changes = this.#sync.received(this.#take(value.content));
    if (!changes) return this.onAgreed?.();
    if (this.view) {
      const { doc, selection } = this.view.state;
      // A caret goes where the changes take it.
      const selected = selection.ranges.every((range) => range.empty) ? {} : { selection: stillSelected(selection, changes, doc, changes.apply(doc)) };
      this.view.dispatch({ changes, ...selected, annotations: [fromOutside.of(true), Transaction.addToHistory.of(false)], scrollIntoView: false });
    }
    if (this.#sync.clean) this.dirty = false;
    this.onAgreed?.();
    this.#told();
  }

  /** Puts the cursor at a place, counted from 1, now or as soon as there is an editor. */
  revealSoon(line: number, column: number): void {
    if (this.view) this.#reveal(this.view, line, column);
    else this.#place = { line, column };
  }

  /** Whether something else is shown in the place of the text: a preview, or a form. */
  get covered(): boolean {
    return this.view !== undefined && getComputedStyle(this.view.dom).visibility === 'hidden';
  }

  /** Gives the keys to the editor, now or as soon as there is one. */
  focusSoon(): void {
    if (this.view) this.view.focus();
    else this.#wantsFocus = true;
  }

  /** The editor for this document is on the page. */
  attach(view: EditorView): void {
    this.view = view;
    if (this.#place) this.#reveal(view, this.#place.line, this.#place.column);
    else if (this.#wantsFocus) view.focus();
    this.#place = undefined;
    this.#wantsFocus = false;
  }

  #reveal(view: EditorView, line: number, column: number): void {
    const at = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
    const position = Math.min(at.from + Math.max(0, column - 1), at.to);
    view.dispatch({ selection: { anchor: position } });
    // A panel that was behind another one has its size, and what it shows, with the next picture.
    onNextFrame(() => view.dispatch({ scrollIntoView: true }));
    if (this.covered) this.onReveal?.();
    view.focus();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.onText = undefined;
    this.onAgreed = undefined;
    this.view?.destroy();
    this.view = undefined;
  }
}

/** The one way in which a text ends its lines, or the usual one where it mixes them: nothing but what is typed is to change. */
function lineEndOf(text: string): string {
  const ends = new Set(text.match(/\r\n?|\n/g));
  const [only = '\n'] = ends;
  return ends.size > 1 ? '\n' : only;
}
