// The open files, in the order in which they were opened.

import { isInside, isLinted } from '../lib/paths';
import type { Problems } from '../lib/problems.svelte';
import type { Diagnostic, LintReport } from '../lib/tools';
import type { Workspace } from '../lib/workspace.svelte';
import { showDiagnostics } from './diagnostics';
import { Document } from './document.svelte';

/** What a flow imports, reads when it is checked, or is named by. */
const STOOD_ON = /\.(?:m?js|py|json|ya?ml)$/;
/** What somebody types, and what a run writes, comes to rest before reports are made again. */
const AGAIN_AFTER_MS = 600;

export class Documents {
  open = $state.raw<readonly Document[]>([]);
  active = $state.raw<Document | undefined>(undefined);
  dirty = $derived(this.open.some((document) => document.dirty));
  /** Whether something was typed that is stored nowhere, not even as a draft. */
  unkept = $derived(this.open.some((document) => document.dirty && document.held));
  /** Whether lint has not looked at all open files yet: before that, nothing says that all is well. */
  unchecked = $derived(this.open.some((document) => !document.checked && isLinted(document.path) && !document.gone && (document.kind === 'loading' || document.kind === 'text')));
  /** Hears that an editor is there, or that one agreed with the workspace on a text. */
  onAgreed: (() => void) | undefined;
  #next = 1;
  #touched = new Set<string>();
  #againTimer: ReturnType<typeof setTimeout> | undefined;
  #round = 0;

  constructor(
    readonly workspace: Workspace,
    readonly problems: Problems,
    /** The flow that the person looks at beside the open files. */
    readonly attended: () => string | undefined = () => undefined,
  ) {
    workspace.onChanged((paths) => this.#changed(paths));
  }

  find(path: string): Document | undefined {
    return this.open.find((document) => document.path === path);
  }

  /** The document of a path, opened when it was not. */
  ensure(path: string): Document {
    const known = this.find(path);
    if (known) return known;
    const document = this.#add(path);
    void document.load();
    return document;
  }

  /** Opens a file that is not there with a text, which is kept when the person saves it. */
  begin(path: string, text: string): Document {
    const known = this.find(path);
    if (known) return known;
    const document = this.#add(path);
    document.begin(text);
    return document;
  }

  #add(path: string): Document {
    const document = new Document(this.#next++, path, this.workspace);
    document.onText = () => this.lint(document);
    document.onAgreed = () => this.onAgreed?.();
    this.open = [...this.open, document];
    return document;
  }

  async close(document: Document): Promise<void> {
    if (!this.open.includes(document)) return;
    this.open = this.open.filter((one) => one !== document);
    if (this.active === document) this.active = undefined;
    this.problems.drop(document.path);
    if (document.dirty && !document.gone && !document.fresh) await document.save();
    document.dispose();
  }

  /** Saves all; those that only the person saves, where the person says so. */
  async saveAll(held = false): Promise<void> {
    await Promise.all(this.open.filter((document) => held || !document.held).map((document) => document.save()));
  }

  /** Checks a file that lint is about a little later and shows what was found. */
  lint(document: Document): void {
    if (!isLinted(document.path) || document.gone) return;
    this.problems.request(document.path, () => document.content, (diagnostics) => this.#show(document, diagnostics));
  }

  /** Checks a file now, open or not. */
  check(path: string): Promise<LintReport | undefined> {
    const document = this.find(path);
    return this.problems.lint(path, document?.content, document && ((diagnostics) => this.#show(document, diagnostics)));
  }

  #show(document: Document, diagnostics: Diagnostic[]): void {
    document.checked = true;
    if (document.view) showDiagnostics(document.view, diagnostics);
  }

  /** A view was made for a document that may have been linted before it was there. */
  shown(document: Document): void {
    const report = this.problems.of(document.path);
    if (report) this.#show(document, report.diagnostics);
    this.onAgreed?.();
  }

  #changed(paths: string[]): void {
    for (const document of this.open) {
      const entry = this.workspace.entries.get(document.path);
      if (document.fresh && !entry) continue;
      if (!entry || entry.kind === 'folder') this.#follow(document);
      else {
        if (document.gone) {
          document.gone = false;
          this.lint(document);
        }
        document.fresh = false;
        document.entryId = entry.id;
        if (paths.some((path) => isInside(document.path, path))) void document.refresh();
      }
    }
    // A file that is gone has no problems, whether it was open or not.
    for (const path of this.problems.reports.keys()) if (!this.workspace.entries.has(path)) this.problems.drop(path);
    this.#lintAgainSoon(paths);
  }

  /** The policy says of each place what it thinks of runs there, so that every report may be another one. */
  runsMoved(): void {
    // That is no file: the reports of all that are open are made again.
    this.#touched.add('');
    void this.#lintAgain();
  }

  /** A report stands on files that it does not name: those that the flow imports, or misses. */
  #lintAgainSoon(paths: string[]): void {
    const stoodOn = paths.filter((path) => !path.startsWith('runs/') && (this.workspace.entries.get(path)?.kind !== 'file' || STOOD_ON.test(path)));
    if (stoodOn.length === 0) return;
    for (const path of stoodOn) this.#touched.add(path);
    clearTimeout(this.#againTimer);
    this.#againTimer = setTimeout(() => void this.#lintAgain(), AGAIN_AFTER_MS);
  }

  /** Makes the reports that somebody sees again, one after the other, and forgets the others: those are made when they are looked at. */
  async #lintAgain(): Promise<void> {
    const round = ++this.#round;
    const touched = [...this.#touched];
    this.#touched.clear();
    const open = this.open.filter((document) => isLinted(document.path) && !document.gone).map(({ path }) => path);
    const seen = new Set([this.attended() ?? [], open].flat());
    for (const [path, { diagnostics }] of this.problems.reports) {
      if (diagnostics.length) seen.add(path);
      else if (!seen.has(path)) this.problems.drop(path);
    }
    for (const path of seen) {
      // A newer round looks at all of them, too.
      if (round !== this.#round) return;
      // A text that changed by itself was checked as it changed.
      if (!open.includes(path) || touched.some((one) => one !== path)) await this.check(path);
    }
  }

  /** A file that is no longer at its path was moved, and keeps its id, or is gone. */
  #follow(document: Document): void {
    const there = [...this.workspace.entries.values()].find((entry) => entry.id !== '' && entry.id === document.entryId);
    if (there) {
      this.problems.drop(document.path);
      document.path = there.path;
      document.gone = false;
      // What moved it may have changed it as well.
      void document.refresh();
      this.lint(document);
    } else document.gone = document.kind !== 'missing';
  }
}
