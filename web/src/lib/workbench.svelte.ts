// Everything the page knows and can do, in one place: panels get it as `wb`.

import { Agents } from '../agents/agents.svelte';
import { BrowserAgents } from '../agents/browser-agents.svelte';
import { Approvals } from '../approvals/approvals.svelte';
import { Documents } from '../editor/documents.svelte';
import type { Document } from '../editor/document.svelte';
import { languageOf } from '../editor/language';
import type { Shown } from '../presence/start.svelte';
import { Toasts } from '../ui/toasts.svelte';
import type { Allowance } from './allowances';
import { ChosenFlow } from './chosen-flow.svelte';
import { commandsOf, type Command } from './commands';
import { Conflicts } from './conflicts.svelte';
import { Devices } from './devices.svelte';
import { Executor } from './executor.svelte';
import { Forms, type Besides, type FlowForm } from './form-state.svelte';
import type { Named, NamedFlow } from './flows';
import type { Kernel } from './kernel';
import { FLOWS_FILE, isFlow, isMounted, placeOf, withoutScope } from './paths';
import { Problems } from './problems.svelte';
import { Runs, type Run } from './runs.svelte';
import { StorageStatus } from './storage.svelte';
import { Theme } from './theme.svelte';
import { fileOf, referenceOf, type FlowEntry, type FlowSummary, type LintReport, type RunRecord, type RunRequest } from './tools';
import { Workspace } from './workspace.svelte';
import type { ImportPlan } from './zip';

/** The most places to go back to. */
const TRAIL_MAX = 50;

export type PanelId = 'explorer' | 'run' | 'output' | 'problems' | 'history' | 'approvals' | 'agents';

/** What places panels on the screen: the dock on wide screens, one pane at a time on narrow ones. */
export interface Layout {
  /** Brings a panel to the front; with `focus` it gets the keys, too. */
  show(panel: PanelId, focus?: boolean): void;
  showDocument(document: Document, focus?: boolean): void;
  /** Moves the focus to the next or the previous panel. */
  walk(by: 1 | -1): void;
  reset(): void;
}

export type Overlay =
  | { kind: 'palette'; start: string }
  | { kind: 'keys' }
  | { kind: 'storage' }
  | { kind: 'devices' }
  | { kind: 'secrets' }
  | { kind: 'executor' }
  | { kind: 'versions'; path: string }
  | { kind: 'conflicts'; path?: string }
  | { kind: 'past'; heads?: string[]; to?: string[]; title?: string }
  | { kind: 'import'; plan: ImportPlan }
  | { kind: 'mount'; file: File; name: string | undefined }
  | { kind: 'confirm'; title: string; text: string; action: string; run: () => void; other?: { action: string; run: () => void }; cancelled?: () => void };

export class Workbench {
  readonly toasts = new Toasts();
  readonly theme = new Theme();
  readonly storage = new StorageStatus();
  readonly forms: Forms = new Forms((name) => this.named.find((one) => one.name === name)?.manifest, () => this.workspace.entries);
  readonly workspace: Workspace;
  readonly conflicts: Conflicts;
  readonly devices: Devices;
  readonly executor: Executor;
  readonly approvals: Approvals;
  readonly browserAgents: BrowserAgents;
  readonly agents: Agents;
  readonly problems: Problems;
  readonly documents: Documents;
  readonly runs: Runs;
  readonly commands: Command[];
  layout: Layout | undefined;
  overlay = $state.raw<Overlay | undefined>(undefined);
  /** Where definitions were asked for, the last one last. */
  trail = $state.raw<readonly { path: string; line: number; column: number }[]>([]);
  /** The files that are flows. */
  flows = $state.raw<FlowSummary[]>([]);
  /** Whether they were listed: before that, nothing says that there are none. */
  flowsLoaded = $state(false);
  /** What the manifest names of them. */
  named = $state.raw<Named[]>([]);
  readonly #chosen = new ChosenFlow(() => this.workspace.entries);
  /** A run was asked for and has no name yet: a second one would be a slip of the hand. */
  starting = $state(false);
  /** Who else is here, from when the first one is. */
  others = $state.raw<Shown | undefined>(undefined);
  #meeting = false;
  /** The selected entry of the explorer; the empty text is the top. */
  selected = $state<string | undefined>(undefined);
  /** The explorer answers this when it is there: it starts naming a new entry in a folder. */
  create: ((kind: 'file' | 'folder', folder: string) => void) | undefined;
  #flowTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly kernel: Kernel) {
    this.workspace = new Workspace(kernel, this.toasts);
    // Before anybody else hears of it, so that nobody finds a flow without what was filled in for it.
    this.workspace.onChanged(() => this.#follow());
    this.conflicts = new Conflicts(this.workspace, this.toasts);
    this.devices = new Devices(kernel, this.toasts, (name) => {
      if (this.overlay?.kind !== 'devices') this.toasts.info(`${name} asks to join.`, { label: 'Compare digits', run: () => this.command('devices') });
    });
    this.executor = new Executor(kernel, () => this.documents.runsMoved());
    this.approvals = new Approvals(this.workspace, this.toasts, (approval) => this.showApprovals(approval));
    this.browserAgents = new BrowserAgents(kernel);
    this.agents = new Agents(kernel);
    this.problems = new Problems(kernel, (path) => [...this.forms.allowances.of(path).net]);
    this.documents = new Documents(this.workspace, this.problems, () => this.flow);
    this.runs = new Runs(this.workspace, this.toasts);
    this.commands = commandsOf(this);
    this.workspace.onChanged((paths) => {
      if (paths.length === 0 || paths.some((path) => isFlow(path) || path === FLOWS_FILE || !path.includes('.'))) this.#listFlowsSoon();
    });
    kernel.subscribe((event) => {
      if (event.kind === 'ready') {
        this.#listFlowsSoon();
        this.runs.happened++;
        void this.storage.measure();
      } else if (event.kind === 'secretsWanted') {
        this.toasts.info(`A run waits for ${event.names.map((name) => `“${name}”`).join(', ')}.`, { label: 'Unlock secrets', run: () => this.command('secrets') });
      } else if ((event.kind === 'tabs' && event.others > 0) || (event.kind === 'devices' && this.devices.there.length > 0)) void this.#meet();
    });
    this.workspace.onFirstWrite(() => void this.storage.persist());
  }

  /** Others are here now: what shows them is loaded, once. */
  async #meet(): Promise<void> {
    if (this.#meeting) return;
    this.#meeting = true;
    try {
      this.others = (await import('../presence/start.svelte')).startPresence(this);
    } catch {
      // It can be had again later, and nothing else waits for it.
      this.#meeting = false;
    }
  }

  /** The flow that the Run panel is about: the chosen one, as long as it is there. */
  get flow(): string | undefined {
    return this.#chosen.path;
  }

  /** What the manifest calls that flow, where it was chosen by its name. */
  get name(): string | undefined {
    return this.named.find((one) => one.path === this.flow && one.name === this.#chosen.name)?.name;
  }

  /** The form of that flow. */
  get form(): FlowForm | undefined {
    return this.flow === undefined ? undefined : this.forms.of(this.flow, this.name);
  }

  /** What is known of the flow that the Run panel is about. */
  get about(): LintReport | FlowSummary | undefined {
    return this.flow === undefined ? undefined : (this.problems.of(this.flow) ?? this.flows.find((one) => one.path === this.flow));
  }

  /** Whether nobody has read that flow yet, so that what it takes is not known. */
  get isUnread(): boolean {
    const { about } = this;
    return about === undefined || ('unread' in about && about.unread === true);
  }

  /** The function of it that is run, where it has functions. */
  get entry(): FlowEntry | undefined {
    return this.form?.entry(this.about);
  }

  /** How many files are still to be read before it is known what can be run in them. */
  get unread(): number {
    return this.flows.filter((flow) => flow.unread).length;
  }

  /** Opens a file and, where given, a place in it. The keys go to it, unless `focus` says otherwise. */
  openFile(path: string, place?: { line: number; column: number }, focus = true): void {
    const document = this.documents.ensure(this.whereIs(path));
    this.activate(document);
    this.layout?.showDocument(document, focus);
    if (place) document.revealSoon(place.line, place.column);
  }

  /** Opens a file that is not there with a text; the person saves it, or does not. */
  beginFile(path: string, text: string): void {
    if (this.workspace.entries.has(path)) return this.openFile(path);
    const document = this.documents.begin(path, text);
    this.activate(document);
    this.layout?.showDocument(document, true);
  }

  /** Begins a manifest with an example: an empty one is none. */
  async beginManifest(path: string): Promise<void> {
    const { EXAMPLES } = await import('./examples');
    this.beginFile(path, EXAMPLES[path] ?? '');
  }

  /** Goes to where the name at a place of the text, or at the cursor, is defined. */
  async goToDefinition(at?: number): Promise<void> {
    const document = this.documents.active;
    const view = document?.view;
    if (!document || !view) return;
    // A file that was just opened may have no language yet.
    await languageOf(document.path);
    const { definitionAt } = await import('../editor/python');
    const pos = at ?? view.state.selection.main.head;
    const found = await definitionAt(view.state, pos);
    if (!found || 'elsewhere' in found) {
      if (found || at === undefined) this.toasts.show({ tone: 'info', text: found?.elsewhere ?? 'Nothing here leads to a definition in this workspace.' });
      return;
    }
    const line = view.state.doc.lineAt(pos);
    this.trail = [...this.trail, { path: document.path, line: line.number, column: pos - line.from + 1 }].slice(-TRAIL_MAX);
    this.openFile(found.path, found);
  }

  /** Goes back to where the last definition was asked for. */
  goBack(): void {
    const place = this.trail.at(-1);
    this.trail = this.trail.slice(0, -1);
    if (place && this.workspace.entries.has(place.path)) this.openFile(place.path, place);
  }

  /** Where a file lies that a run, a record or a finding names: here, or in a mounted workspace. */
  whereIs(path: string): string {
    const { entries } = this.workspace;
    if (entries.has(path)) return path;
    return [...entries.keys()].find((one) => isMounted(one) && withoutScope(one) === path) ?? path;
  }

  /** A document came to the front; or is there again, with the flow that was chosen beside it. */
  activate(document: Document, again = false): void {
    this.documents.active = document;
    if (!again || this.flow === undefined) this.attend(document.path);
  }

  /** A file is looked at: if it is a flow, the Run panel is about it. A name that was chosen for it stays chosen. */
  attend(path: string): void {
    if (isFlow(path) && path !== this.flow) this.chooseFlow(path);
  }

  /** Makes the Run panel be about a flow, by a name of the manifest or for one function of it where that is said. */
  chooseFlow(path: string, { name, function: entry }: { name?: string | undefined; function?: string | undefined } = {}): void {
    this.#chosen.choose(path, name);
    if (entry !== undefined) this.forms.of(path).chosen = entry;
    if (!this.problems.of(path)) void this.documents.check(path);
  }

  /** Runs what takes nothing at once; of all else, shows the form. */
  runOrAsk(path: string, of?: { name?: string | undefined; function?: string | undefined }): void {
    this.chooseFlow(path, of);
    if (this.form?.fields(this.about).length) this.layout?.show('run', true);
    else void this.run();
  }

  /** Runs the chosen flow with its form, or shows what is missing. */
  async run(mode: 'run' | 'dry-run' = 'run'): Promise<void> {
    const { form } = this;
    if (!form) this.layout?.show('run', true);
    else await this.#startOnce(() => this.#runWithForm(form, mode));
  }

  async #runWithForm(form: FlowForm, mode: 'run' | 'dry-run'): Promise<void> {
    const { path } = form;
    const document = this.documents.find(path);
    if (document?.dirty) await document.save();
    const report = await this.#lint(path);
    form.tried = true;
    if (Object.keys(form.problems(report)).length) {
      form.toMend = true;
      this.layout?.show('run');
      return;
    }
    form.tried = false;
    await this.#start(form.request(report, report?.grant, mode), path);
  }

  /** Starts a run, and shows its output, or what keeps it from starting. */
  start(request: RunRequest & { path: string }): Promise<Run | undefined> {
    return this.#startOnce(() => this.#start(request, fileOf(request.path)));
  }

  async #startOnce<T>(start: () => Promise<T>): Promise<T | undefined> {
    if (this.starting) return undefined;
    this.starting = true;
    try {
      return await start();
    } finally {
      this.starting = false;
    }
  }

  async #start(request: RunRequest, file: string): Promise<Run | undefined> {
    const run = await this.runs.start(request);
    if (run) this.layout?.show('output');
    else if (this.workspace.entries.has(file) && (await this.#lint(file))?.ok === false) this.layout?.show('problems');
    return run;
  }

  async #lint(path: string): Promise<LintReport | undefined> {
    return (await this.documents.check(path)) ?? this.problems.of(path);
  }

  async openRun(record: string): Promise<RunRecord | undefined> {
    const opened = await this.runs.open(record);
    if (opened) this.layout?.show('output');
    return opened;
  }

  /** Runs again what a record says, with what the person lets the flow have today, and what they chose besides. */
  async runAgain(record: RunRecord, besides: Besides = {}): Promise<void> {
    await this.#startOnce(async () => {
      const path = this.whereIs(record.path);
      const report = await this.#lint(path);
      await this.#start(this.forms.of(path, this.nameFor(record)).again(record, report?.grant, besides), path);
    });
  }

  /** The name by which a run of the past is made again: it ran by that, and the manifest still means the same by it. */
  nameFor(record: RunRecord): string | undefined {
    return this.named.find((one) => one.name === record.name && one.manifest.entry === referenceOf(record))?.name;
  }

  /** Lets a flow fetch from a domain or call a tool, or no longer, and looks at the flow with that. */
  allow(path: string, kind: Allowance, name: string, yes: boolean): void {
    this.forms.allowances.set(path, kind, name, yes);
    void this.documents.check(path);
  }

  /** Lets the browser's own agents call tools, or no longer, and says so. */
  switchBrowserAgents(): void {
    const on = this.browserAgents.state !== 'on';
    this.browserAgents.set(on);
    this.toasts.info(on ? 'Agents of this browser may call tools here.' : 'Agents of this browser may call nothing here any more.');
  }

  /** Shows what waits for approval, one request of it where that is said. */
  showApprovals(approval?: string): void {
    if (approval !== undefined) this.approvals.chosen = approval;
    // Who looks needs not be told.
    this.toasts.clear('approval');
    this.layout?.show('approvals', true);
  }

  command(id: string): void {
    const command = this.commands.find((one) => one.id === id);
    if (command && (command.enabled?.() ?? true)) command.run();
  }

  /** What is known of flows, and what was filled in, goes with their files. */
  #follow(): void {
    const moves = this.forms.follow();
    if (moves.size === 0) return;
    const at = <T extends { path: string }>(one: T): T => ({ ...one, path: moves.get(one.path) ?? one.path });
    // What was at a place that a file came to is not there any more.
    const taken = new Set(moves.values());
    this.flows = this.flows.filter(({ path }) => moves.has(path) || !taken.has(path)).map(at);
    this.named = this.named.map(at);
    this.#chosen.follow(moves);
  }

  #listFlowsSoon(): void {
    clearTimeout(this.#flowTimer);
    this.#flowTimer = setTimeout(() => void this.#listFlows(), 150);
  }

  async #listFlows(): Promise<void> {
    const result = await this.kernel.call('flow_list', {});
    if (!result.ok) return;
    const all = (result.value as { flows: FlowSummary[] }).flows.map((flow) => ({ ...flow, path: placeOf(flow.path, flow.scope) }));
    const named = all.filter((one) => one.named);
    const manifest = named.length ? await this.#manifest() : {};
    this.flows = all.filter((one) => !one.named);
    this.flowsLoaded = true;
    this.named = named.map((one) => ({ ...one, manifest: manifest[one.name] ?? { entry: one.path, inputs: one.inputs } }));
    const known = (path: string | undefined): path is string => this.flows.some((one) => one.path === path);
    if (this.flow !== undefined && !known(this.flow)) this.#chosen.drop();
    const active = this.documents.active?.path;
    if (this.flow === undefined && known(active)) this.chooseFlow(active);
  }

  /** What the manifest of flows says, beyond what the list of flows has of it. */
  async #manifest(): Promise<Record<string, NamedFlow>> {
    try {
      return (JSON.parse(await this.workspace.readText(FLOWS_FILE)) as { flows?: Record<string, NamedFlow> }).flows ?? {};
    } catch {
      // It is another one by now, and the list is read again.
      return {};
    }
  }
}
