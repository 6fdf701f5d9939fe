// The runs that this page started or looks at: live ones as their events come, ended ones from
// their records.

import type { Toasts } from '../ui/toasts.svelte';
import { ranTitle, summaryOf } from './flows';
import { onNextFrame } from './frame';
import { nameOf } from './paths';
import { ended, ToolFailure, type Limits, type LogEntry, type Ran, type RunProgress, type RunRecord, type RunRequest, type RunStatus, type RunSummary, type ToolError } from './tools';
import { Unfinished } from './unfinished.svelte';
import type { Workspace } from './workspace.svelte';

/** The most log entries that the page keeps of one run; its record has them all. */
export const LOG_ENTRIES_MAX = 5_000;
/** How many runs of the past are read at first, and how many more each time. */
const HISTORY_STEP = 100;
/** As many as `flow_runs` gives. */
const HISTORY_MAX = 1_000;
const LIVE_MAX = 50;
/** The most changes of state that are kept of a run. */
const SEEN_MAX = 100;

export interface Ask {
  error: ToolError;
  limit: string;
  used: number;
}

export class Run {
  status = $state<RunStatus>('queued');
  /** The function that was called, as soon as that is known. */
  function = $state.raw<string | undefined>(undefined);
  progress = $state.raw<RunProgress | undefined>(undefined);
  record = $state.raw<RunRecord | undefined>(undefined);
  asked = $state.raw<Ask | undefined>(undefined);
  /** The states that it was seen in, and since when: as people tell the time, and by a clock that nobody sets. */
  seen = $state.raw<readonly { status: RunStatus; atMs: number; sinceMs: number }[]>([]);
  /** Counts changes of `logs`, which is too long to be watched entry by entry: at most one for each picture. */
  logged = $state(0);
  #telling = false;
  logs: LogEntry[] = [];
  dropped = 0;
  /** What the manifest calls the flow, where this page ran it by that name. */
  name: string | undefined;
  /** Who began it, where that was not the person. */
  agent: string | undefined;
  /** The person cancelled it, and nothing has come of that yet. */
  cancelled = $state(false);
  /** It is over, and its record is not here yet: there is nothing left to cancel. */
  over = $state(false);

  constructor(
    readonly id: string,
    readonly path: string,
    readonly startedMs: number,
  ) {}

  get ended(): boolean {
    return ended(this.status);
  }

  append(entries: LogEntry[]): void {
    const last = this.logs.at(-1)?.seq ?? -1;
    for (const entry of entries) if (entry.seq > last) this.logs.push(entry);
    if (this.logs.length > LOG_ENTRIES_MAX) {
      const over = this.logs.length - LOG_ENTRIES_MAX;
      this.logs.splice(0, over);
      this.dropped += over;
    }
    if (this.#telling) return;
    this.#telling = true;
    onNextFrame(() => {
      this.#telling = false;
      this.logged++;
    });
  }

  finish(record: RunRecord): void {
    this.record = record;
    this.function = record.function;
    this.status = record.status;
    this.asked = undefined;
    if (record.logs?.length) {
      this.logs = record.logs.slice(-LOG_ENTRIES_MAX);
      this.dropped = record.logs.length - this.logs.length;
    }
    this.logged++;
  }
}

export class Runs {
  current = $state.raw<Run | undefined>(undefined);
  live = $state.raw<ReadonlyMap<string, Run>>(new Map());
  past = $state.raw<RunSummary[]>([]);
  /** Whether those of the past were listed: before that, nothing says that there are none. */
  pastLoaded = $state(false);
  /** Whether there may be more of the past. */
  hasMore = $state(false);
  #asked = HISTORY_STEP;
  /** Counts what happened since, for whoever shows the history: it is read when it is looked at. */
  happened = $state(0);
  /** How much had happened when those of the past were read. */
  #read = $state(-1);
  readonly unfinished: Unfinished;

  constructor(
    readonly workspace: Workspace,
    readonly toasts: Toasts,
  ) {
    this.unfinished = new Unfinished(() => workspace.storage.mode === 'durable');
    workspace.kernel.subscribe((event) => {
      if (event.kind === 'run') {
        // News of how far a run is does not start one: a verification reports it, too.
        if (event.progress && !this.live.has(event.run)) return;
        const run = this.#run(event.run, event.path);
        if (event.progress) run.progress = event.progress;
        if (event.status !== 'asking') run.asked = undefined;
        if (this.current === undefined) this.current = run;
        if (run.seen.at(-1)?.status !== event.status && run.seen.length < SEEN_MAX) run.seen = [...run.seen, { status: event.status, atMs: Date.now(), sinceMs: performance.now() }];
        if (ended(event.status)) void this.#end(run, event.status);
        else {
          // What came to its end in spite of it, and waits for the person now, can be cancelled again.
          if (event.status === 'waiting') run.cancelled = false;
          run.status = event.status;
          this.#remember(run);
        }
      } else if (event.kind === 'began') {
        const run = this.live.get(event.run);
        if (!run || run.agent !== undefined) return;
        run.agent = event.agent;
        this.#remember(run);
        if (run.path.endsWith('.py')) void this.#learnFunction(run);
      } else if (event.kind === 'log') this.live.get(event.run)?.append(event.entries);
      else if (event.kind === 'asked') {
        const run = this.live.get(event.run);
        if (!run) return;
        run.status = 'asking';
        run.asked = { error: event.error, limit: event.limit, used: event.used };
      }
    });
    workspace.onChanged((paths) => {
      if (paths.some((path) => path.startsWith('runs/'))) this.happened++;
    });
  }

  /** Those that are not over, be it that they wait for a person. */
  get underWay(): Run[] {
    return [...this.live.values()].filter((run) => !run.ended);
  }

  /** Those that have an executor, or will without anybody's doing. One that waits for an approval holds up no other. */
  get running(): Run[] {
    return this.underWay.filter((run) => run.status !== 'waiting' && !run.over);
  }

  runningOf(path: string | undefined): Run[] {
    return this.running.filter((run) => run.path === path);
  }

  /** What a queued run waits for, as far as this page knows. */
  waitsFor(run: Run): string {
    const before = this.running.filter((one) => one !== run && one.status !== 'queued');
    const [first] = before;
    if (!first) return 'Waits for its turn.';
    return before.length > 1 ? `Waits until one of ${before.length} runs before it is over.` : `Waits until the run of ${ranTitle(first)} before it is over.`;
  }

  /** Whether nothing has happened since those of the past were read. */
  get pastIsCurrent(): boolean {
    return this.#read === this.happened;
  }

  /** What ran, of a run that the page saw or that it listed. */
  ran(id: string): Ran | undefined {
    return this.live.get(id) ?? this.past.find(({ run }) => run === id);
  }

  async start(request: RunRequest): Promise<Run | undefined> {
    this.toasts.clear('run');
    try {
      const record = await this.workspace.call<RunRecord>('run_flow', { ...request, wait: false, ask: true });
      const run = this.#run(record.run, record.path);
      run.function = record.function;
      run.name = record.name;
      this.current = run;
      if (ended(record.status)) run.finish(record);
      else this.#remember(run);
      return run;
    } catch (error) {
      // What lint found is told by the Problems panel, place by place.
      if (!(error instanceof ToolFailure && error.error.code === 'LINT_FAILED')) this.toasts.failure(`${'name' in request ? request.name : nameOf(request.path)} did not start`, error, 'run');
      return undefined;
    }
  }

  async cancel(run: Run): Promise<void> {
    if (run.cancelled || run.over || run.ended) return;
    run.cancelled = true;
    try {
      const { status } = await this.workspace.call<{ status: RunStatus }>('flow_cancel', { run: run.id });
      if (ended(status)) this.#isOver(run, status);
    } catch (error) {
      run.cancelled = false;
      this.toasts.failure('The run could not be cancelled', error, 'run');
    }
  }

  async answer(run: Run, answer: { limits?: Partial<Limits>; deny?: boolean }): Promise<void> {
    const asked = run.asked;
    run.asked = undefined;
    try {
      await this.workspace.call('flow_answer', { run: run.id, ...answer });
    } catch (error) {
      run.asked = asked;
      this.toasts.failure('The run did not take the answer', error, 'run');
    }
  }

  /** Opens a run of the history as the current one. */
  async open(record: string): Promise<RunRecord | undefined> {
    const summary = await this.readRecord(record);
    if (!summary) return undefined;
    const run = new Run(summary.run, summary.path, summary.startedMs);
    run.finish(summary);
    this.current = run;
    return summary;
  }

  /** Reads a record. Where it lies is where it was read, whatever it says itself: who vouches for it is looked for there. */
  async readRecord(path: string): Promise<RunRecord | undefined> {
    try {
      return { ...(JSON.parse(await this.workspace.readText(path)) as RunRecord), record: path };
    } catch (error) {
      this.toasts.failure('The record of this run could not be read', error, 'run');
      return undefined;
    }
  }

  /** Reads the newest runs: as many as before, or more. */
  async readHistory(more = false): Promise<void> {
    if (more) this.#asked = Math.min(this.#asked + HISTORY_STEP, HISTORY_MAX);
    const [limit, happened] = [this.#asked, this.happened];
    const [result] = await Promise.all([this.workspace.kernel.call('flow_runs', { limit }), this.unfinished.look(this.#hasRecord)]);
    if (!result.ok) return;
    this.past = (result.value as { runs: RunSummary[] }).runs;
    this.pastLoaded = true;
    this.#read = happened;
    this.hasMore = this.past.length === limit && limit < HISTORY_MAX;
  }

  readonly #hasRecord = async (run: string): Promise<boolean> => {
    const found = await this.workspace.kernel.call('flow_status', { run });
    return found.ok || found.error.code !== 'NOT_FOUND';
  };

  #run(id: string, path: string): Run {
    const known = this.live.get(id);
    if (known) return known;
    const run = new Run(id, path, Date.now());
    run.status = 'running';
    const live = new Map(this.live).set(id, run);
    // Ended runs stay a while, as late news of them must not start them anew.
    for (const [old, { ended }] of live) if (live.size > LIVE_MAX && ended) live.delete(old);
    this.live = live;
    this.happened++;
    return run;
  }

  #remember({ id, path, function: called, name, startedMs, agent, status }: Run): void {
    this.unfinished.keep({ run: id, path, function: called, name, startedMs, agent, waits: status === 'waiting' || undefined });
  }

  /** A run that an agent began is told by its file; which function of that was called stands in its record. */
  async #learnFunction(run: Run): Promise<void> {
    const record = await this.workspace.call<RunRecord>('flow_status', { run: run.id }).catch(() => undefined);
    if (!record || ended(record.status)) return;
    run.function = record.function;
    this.#remember(run);
  }

  /** What was over before the person cancelled it ends as it is, which is not silent. */
  #isOver(run: Run, status: RunStatus): void {
    if (run.cancelled && status !== 'cancelled') this.toasts.show({ tone: 'info', text: `The run of ${ranTitle(run)} was over before it could be cancelled.`, about: 'run' });
    run.cancelled = false;
    run.over = !run.ended;
  }

  async #end(run: Run, status: RunStatus): Promise<void> {
    this.#isOver(run, status);
    this.unfinished.end(run.id);
    const record = await this.workspace.call<RunRecord>('flow_status', { run: run.id }).catch(() => undefined);
    if (record) {
      // The status leaves the log out; what streamed in is the log, unless somebody came late.
      const missed = run.logs.length === 0 || (run.logs[0]?.seq ?? 0) > run.dropped;
      const logs = missed ? await this.workspace.call<{ entries: LogEntry[] }>('flow_logs', { run: run.id }).catch(() => undefined) : undefined;
      run.finish(logs ? { ...record, logs: logs.entries } : record);
      if (this.pastLoaded) this.past = [...this.past.filter((one) => one.run !== run.id), summaryOf(record)].sort((a, b) => b.startedMs - a.startedMs);
    }
    run.status = status;
    run.over = false;
    run.asked = undefined;
    this.live = new Map(this.live);
    this.happened++;
  }
}
