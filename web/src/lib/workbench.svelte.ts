// Everything the page knows and can do, in one place: panels get it as `wb`.

import { Documents } from '../editor/documents.svelte';
import type { Document } from '../editor/document.svelte';
import { Toasts } from '../ui/toasts.svelte';
import { commandsOf, type Command } from './commands';
import { Forms } from './form-state.svelte';
import type { Kernel } from './kernel';
import { isFlow } from './paths';
import { Problems } from './problems.svelte';
import { Runs } from './runs.svelte';
import { StorageStatus } from './storage.svelte';
import { Theme } from './theme.svelte';
import type { FlowSummary, RunRecord } from './tools';
import { Workspace } from './workspace.svelte';
import type { ImportPlan } from './zip';

export type PanelId = 'explorer' | 'run' | 'output' | 'problems' | 'history';

/** What places panels on the screen: the dock on wide screens, one pane at a time on narrow ones. */
export interface Layout {
  show(panel: PanelId): void;
  showDocument(document: Document): void;
  /** Moves the focus to the next or the previous panel. */
  walk(by: 1 | -1): void;
  reset(): void;
}

export type Overlay =
  | { kind: 'palette'; start: string }
  | { kind: 'keys' }
  | { kind: 'storage' }
  | { kind: 'versions'; path: string }
  | { kind: 'import'; plan: ImportPlan }
  | { kind: 'confirm'; title: string; text: string; action: string; run: () => void };

export class Workbench {
  readonly toasts = new Toasts();
  readonly theme = new Theme();
  readonly storage = new StorageStatus();
  readonly forms = new Forms();
  readonly workspace: Workspace;
  readonly problems: Problems;
  readonly documents: Documents;
  readonly runs: Runs;
  readonly commands: Command[];
  layout: Layout | undefined;
  overlay = $state.raw<Overlay | undefined>(undefined);
  flows = $state.raw<FlowSummary[]>([]);
  /** The flow that the Run panel is about. */
  flow = $state<string | undefined>(undefined);
  /** The selected entry of the explorer. */
  selected = $state<string | undefined>(undefined);
  /** The explorer answers this when it is there: it starts naming a new entry in a folder. */
  create: ((kind: 'file' | 'folder', folder: string) => void) | undefined;
  cursor = $state.raw<{ line: number; column: number; selected: number } | undefined>(undefined);
  #flowTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly kernel: Kernel) {
    this.workspace = new Workspace(kernel, this.toasts);
    this.problems = new Problems(kernel, (path) => [...this.forms.of(path).allowed]);
    this.documents = new Documents(this.workspace, this.problems);
    this.runs = new Runs(this.workspace, this.toasts);
    this.commands = commandsOf(this);
    this.workspace.onChanged((paths) => {
      if (paths.length === 0 || paths.some((path) => isFlow(path) || !path.includes('.'))) this.#listFlowsSoon();
    });
    kernel.subscribe((event) => {
      if (event.kind === 'ready') {
        this.#listFlowsSoon();
        this.runs.happened++;
        void this.storage.measure();
      }
    });
    this.workspace.onFirstWrite(() => void this.storage.persist());
  }

  /** Opens a file and, where given, a place in it. */
  openFile(path: string, place?: { line: number; column: number }): void {
    const document = this.documents.ensure(path);
    this.activate(document);
    if (place) document.revealSoon(place.line, place.column);
    this.layout?.showDocument(document);
  }

  /** A document came to the front. */
  activate(document: Document): void {
    this.documents.active = document;
    if (document.isFlow) this.chooseFlow(document.path);
  }

  chooseFlow(path: string): void {
    this.flow = path;
    if (!this.problems.of(path)) void this.problems.lint(path, this.documents.find(path)?.content);
  }

  /** Runs the chosen flow with its form, or shows what is missing. */
  async run(mode: 'run' | 'dry-run' = 'run'): Promise<void> {
    const path = this.flow;
    if (path === undefined) {
      this.layout?.show('run');
      return;
    }
    const document = this.documents.find(path);
    if (document?.dirty) await document.save();
    const report = await this.problems.lint(path, document?.content).then((fresh) => fresh ?? this.problems.of(path));
    const inputs = report?.inputs ?? [];
    const form = this.forms.of(path);
    form.tried = true;
    if (Object.keys(form.problems(inputs)).length) {
      this.layout?.show('run');
      return;
    }
    form.tried = false;
    const run = await this.runs.start(form.request(inputs, report?.grant?.net ?? [], mode));
    if (run) this.layout?.show('output');
    else if (report && !report.ok) this.layout?.show('problems');
  }

  async openRun(record: string): Promise<RunRecord | undefined> {
    const opened = await this.runs.open(record);
    if (opened) this.layout?.show('output');
    return opened;
  }

  /** Runs again what a record says: same arguments, same seed, same start of the clock. */
  async runAgain(record: RunRecord): Promise<void> {
    const run = await this.runs.start({
      path: record.path,
      args: record.args,
      seed: record.seed,
      mode: record.dryRun ? 'dry-run' : 'run',
      limits: record.limits,
      allowNet: record.grant?.net ?? [],
      ...(record.startMs === undefined || record.startMs === null ? {} : { startMs: record.startMs }),
    });
    if (run) this.layout?.show('output');
  }

  command(id: string): void {
    const command = this.commands.find((one) => one.id === id);
    if (command && (command.enabled?.() ?? true)) command.run();
  }

  #listFlowsSoon(): void {
    clearTimeout(this.#flowTimer);
    this.#flowTimer = setTimeout(() => void this.#listFlows(), 150);
  }

  async #listFlows(): Promise<void> {
    const result = await this.kernel.call('flow_list', {});
    if (!result.ok) return;
    this.flows = (result.value as { flows: FlowSummary[] }).flows;
    const known = (path: string | undefined): path is string => this.flows.some((one) => one.path === path);
    if (!known(this.flow)) this.flow = undefined;
    const active = this.documents.active?.path;
    if (this.flow === undefined && known(active)) this.chooseFlow(active);
  }
}
