// A kernel in memory for tests and for the fixture page: the same messages, no engine behind them.
// Runs are scripted by the flow's path; nothing is ever executed.

import { fromBase64, toBase64 } from '../src/lib/base64';
import { summaryOf } from '../src/lib/flows';
import type { Brought, Kernel } from '../src/lib/kernel';
import { isInside, moved, nameOf, parentOf } from '../src/lib/paths';
import type { Approval, Decision } from '../src/approvals/approval';
import type { Conflict, Difference, Entry, HistoryChange, KernelEvent, LogLevel, RunRecord, ToolError, ToolResult, WorkspaceStatus } from '../src/lib/tools';
import { Calls } from '../../worker/calls';
import type { DeviceAct, JobPlace, SecretAct, ToDevices } from '../../worker/client-messages';
import { FakeContents, hashOf } from './fake-contents';
import { fakeFlows, planned } from './fake-flows';
import { fakeLint } from './fake-lint';
import { Refusal, refuse } from './fake-refusal';
import { fakeContent, fakeProposal, fakeRecord, fakeScript, LIMITS, type ScriptStep } from './fake-runs';
import { FakeSecrets } from './fake-secrets';

interface Item {
  id: string;
  bytes: Uint8Array | undefined;
  modifiedMs: number;
}

type Input = Record<string, unknown>;

export class FakeKernel implements Kernel {
  files = new Map<string, Item>();
  calls: { name: string; input: Input; agent?: string }[] = [];
  /** What was asked of the devices, and the failure that answers it. */
  acts: DeviceAct[] = [];
  refusal: ToolError | undefined;
  /** Where runs were told to run, the newest last, and what a server that is asked answers. */
  places: (JobPlace | null)[] = [];
  tried: JobPlace[] = [];
  /** What was said to other devices. */
  told: ToDevices[] = [];
  tell = (message: ToDevices): void => void this.told.push(message);
  /** What came as one change, each time. */
  brought: (readonly Brought[])[] = [];
  /** What is to be decided, and the sides of it by hash. */
  conflicts: Conflict[] = [];
  sides = new Map<string, string>();
  /** What waits for a person, what was decided, and what each request becomes when it is answered the first time. */
  approvals: Approval[] = [];
  decided: Decision[] = [];
  becomes = new Map<string, Approval>();
  /** Inputs that are too long for the sentences of requests. */
  inputs = new Map<string, string>();
  /** What differs between any two points in time. */
  differences: Difference[] = [];
  readonly #contents = new FakeContents();
  #listeners = new Set<(event: KernelEvent) => void>();
  #ids = 0;
  #told = new Calls((event) => this.emit(event), () => this.clock());
  #past: Map<string, Item>[] = [];
  #future: Map<string, Item>[] = [];
  /** Who made the changes of the workspace, newest first. */
  #origins: HistoryChange['origin'][] = [];
  #runs = new Map<string, { record: RunRecord; cancel: () => void; answer: (more: boolean) => void }>();

  constructor(
    files: Record<string, string | Uint8Array> = {},
    readonly clock: () => number = () => Date.now(),
    readonly stepMs = 0,
    readonly mode: 'durable' | 'memory' = 'durable',
  ) {
    for (const [path, content] of Object.entries(files)) this.#put(path, typeof content === 'string' ? new TextEncoder().encode(content) : content);
  }

  subscribe(listener: (event: KernelEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    this.emit({ kind: 'storage', mode: this.mode, ...(this.mode === 'memory' ? { reason: 'This window is private.' } : {}) });
    this.emit({ kind: 'ready', tools: Object.keys(this.#tools) });
  }

  emit(event: KernelEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  async call(name: string, raw: unknown, agent?: string, started?: (run: string) => void): Promise<ToolResult> {
    const input = structuredClone(raw) as Input;
    const number = this.calls.push({ name, input, ...(agent === undefined ? {} : { agent }) });
    if (agent !== undefined) this.#told.began(number, agent, name, JSON.stringify(input));
    const result = await this.#answer(name, input, started);
    this.#told.ended(number, result);
    return result;
  }

  async #answer(name: string, input: Input, started?: (run: string) => void): Promise<ToolResult> {
    await Promise.resolve();
    try {
      const tool = this.#tools[name];
      if (!tool) return refuse('UNKNOWN_TOOL', `There is no tool “${name}”.`);
      return { ok: true, value: structuredClone(await tool(input, started)) };
    } catch (error) {
      if (error instanceof Refusal) return { ok: false, error: error.error };
      throw error;
    }
  }

  async devices(act: DeviceAct): Promise<ToolResult> {
    this.acts.push(structuredClone(act));
    await Promise.resolve();
    return this.refusal ? { ok: false, error: this.refusal } : { ok: true, value: null };
  }

  readonly #secrets = new FakeSecrets();

  secrets(act: SecretAct): Promise<ToolResult> {
    return this.#secrets.act(act);
  }

  runAt(place: JobPlace | null): void {
    this.places.push(place);
  }

  async tryServer(place: JobPlace): Promise<ToolResult> {
    this.tried.push(place);
    await Promise.resolve();
    return this.refusal ? { ok: false, error: this.refusal } : { ok: true, value: null };
  }

  store(file: Blob, told: (done: number) => void, signal: AbortSignal): Promise<ToolResult> {
    return this.#contents.store(file, told, signal, this.stepMs);
  }

  async bring(_message: string, brought: readonly Brought[]): Promise<ToolResult> {
    this.brought.push(brought);
    await Promise.resolve();
    this.#keep();
    for (const { path, content } of brought) {
      if (content === null) this.#folder(path);
      else this.#put(path, typeof content === 'string' ? this.#content(content) : content);
    }
    this.#changed(brought.map(({ path }) => path));
    return { ok: true, value: {} };
  }

  async part(hash: string, from: number, into: ArrayBuffer): Promise<ToolResult> {
    await Promise.resolve();
    const part = this.#content(hash).subarray(from, from + into.byteLength);
    const value = new Uint8Array(into, 0, part.length);
    value.set(part);
    return { ok: true, value };
  }

  #tools: Record<string, (input: Input, started?: (run: string) => void) => unknown> = {
    ls: ({ path = '', recursive }) => ({
      entries: this.#entries().filter((entry) => (recursive ? entry.path !== path && isInside(entry.path, String(path)) : parentOf(entry.path) === path)),
    }),
    stat: ({ path }) => this.#entries().find((entry) => entry.path === path) ?? refuse('NOT_FOUND', `There is no “${String(path)}”.`),
    read: ({ path, encoding = 'auto', maxChars, version }) => {
      const side = version === undefined ? undefined : this.sides.get(String(version));
      if (side !== undefined) return { path, content: side, encoding: 'text', size: side.length, hash: version, truncated: false };
      const bytes = this.#bytes(String(path));
      const entry = this.#entry(String(path));
      const asText = encoding === 'text' || (encoding === 'auto' && entry.text);
      const content = asText ? new TextDecoder().decode(bytes) : toBase64(bytes);
      const shown = content.slice(0, (maxChars as number | undefined) ?? content.length);
      const truncated = shown.length < content.length;
      return { path, content: shown, encoding: asText ? 'text' : 'base64', size: bytes.length, hash: entry.hash, truncated, ...(truncated ? { nextOffset: shown.length } : {}) };
    },
    write: ({ path, content, encoding, createOnly, draft }) => {
      const to = String(path);
      if (createOnly && this.files.has(to)) refuse('ALREADY_EXISTS', `“${to}” is there already.`, 'Choose another name.');
      const bytes = encoding === 'hash' ? this.#content(String(content)) : encoding === 'base64' ? fromBase64(String(content)) : new TextEncoder().encode(String(content));
      if (!draft) this.#keep();
      this.#put(to, bytes);
      this.#changed([to]);
      return { path: to, size: bytes.length, hash: hashOf(bytes), ...(draft ? {} : { change: `c${this.#past.length}` }) };
    },
    mkdir: ({ path }) => {
      this.#keep();
      this.#folder(String(path));
      this.#changed([String(path)]);
      return { change: 'c' };
    },
    move: ({ from, to }) => {
      const source = String(from);
      const target = String(to);
      if (!this.#entries().some((entry) => entry.path === source)) refuse('NOT_FOUND', `There is no “${source}”.`);
      if (this.files.has(target)) refuse('ALREADY_EXISTS', `“${target}” is there already.`, 'Rename one of the two first.');
      if (isInside(target, source)) refuse('MOVE_INTO_SELF', 'A folder can’t move into itself.');
      this.#keep();
      this.files = new Map([...this.files].map(([path, item]) => [moved(path, source, target), item]));
      this.#changed([source, target]);
      return { change: 'c', message: `Move ${source} to ${target}`, paths: [source, target] };
    },
    delete: ({ path }) => {
      this.#keep();
      for (const one of [...this.files.keys()]) if (isInside(one, String(path))) this.files.delete(one);
      this.#changed([String(path)]);
      return { change: 'c' };
    },
    undo: () => this.#travel(this.#past, this.#future),
    redo: () => this.#travel(this.#future, this.#past),
    history: ({ path }) => ({
      changes: path
        ? [0, 1, 2].map((step) => ({
            change: `c${step}`, heads: [`h${step}`], atMs: this.clock() - step * 5_400_000, message: ['Edited', 'Edited by a run', 'Created'][step] ?? '',
            origin: [{ kind: 'person', name: 'You' }, { kind: 'run', name: 'invoices.flow.js' }, { kind: 'system', name: 'Selvage' }][step], hash: `${step}`, size: 100,
          }))
        : this.#origins.map((origin, index) => ({ change: `c${this.#origins.length - index}`, heads: ['h'], atMs: this.clock(), message: 'Changed', origin })),
      more: false,
    }),
    compare: () => ({ differences: this.differences, total: this.differences.length }),
    conflicts: ({ limit = 100 }) => ({ conflicts: this.conflicts.slice(0, Number(limit)), total: this.conflicts.length }),
    resolve_conflict: ({ conflict }) => {
      const found = this.conflicts.find((one) => one.id === conflict) ?? (refuse('STALE', 'The conflict is not as it was listed any more.', 'List the conflicts again.') as never);
      this.#keep();
      this.conflicts = this.conflicts.filter((one) => one !== found);
      this.#changed([found.path]);
      return { change: [], message: '', paths: [found.path] };
    },
    approval_list: () => ({ approvals: this.approvals, decided: this.decided }),
    approval_read: ({ approval, path }) =>
      fakeContent(String(path), path === 'input' ? this.inputs.get(String(approval)) : undefined, this.approvals.find((one) => one.approval === approval)?.changes) ?? refuse('NOT_FOUND', `The approval would not write \`${String(path)}\`.`),
    approval_decide: ({ approval, digest, allow, reason = '' }) => {
      const found = this.approvals.find((one) => one.approval === approval) ?? (refuse('NOT_FOUND', 'No such approval is waited for.') as never);
      const anew = this.becomes.get(found.approval);
      if (anew && this.becomes.delete(found.approval)) this.approvals = this.approvals.map((one) => (one === found ? anew : one));
      if (anew || found.digest !== digest) refuse('STALE', 'What would happen is not what it was when you looked.');
      this.#runs.get(found.run ?? '')?.answer(allow === true);
      return this.#settle(found, { verdict: allow ? 'approved' : 'refused', reason: String(reason), by: 'you' });
    },
    restore: () => ({ change: 'c', message: 'Restored', paths: [] }),
    search: ({ query, path = '', limit = 200 }) => {
      const matches = this.#entries().filter((entry) => entry.text && isInside(entry.path, String(path))).flatMap((entry) =>
        new TextDecoder().decode(this.#bytes(entry.path)).split('\n').flatMap((text, index) => {
          const column = text.toLowerCase().indexOf(String(query).toLowerCase());
          return column < 0 ? [] : [{ path: entry.path, line: index + 1, column: column + 1, text }];
        }),
      );
      return { matches: matches.slice(0, Number(limit)), truncated: matches.length > Number(limit) };
    },
    lint_flow: ({ path, content }) => fakeLint(String(path), content === undefined ? new TextDecoder().decode(this.#bytes(String(path))) : String(content), (one) => this.files.has(one)),
    flow_list: () => ({ flows: fakeFlows([...this.files.keys()], this.#text) }),
    run_flow: (input, started) => this.#run(planned(input, this.#text), started),
    flow_status: ({ run }) => ({ ...(this.#runs.get(String(run))?.record ?? (refuse('NOT_FOUND', 'There is no such run.') as never)), logs: [] }),
    flow_logs: ({ run }) => ({ entries: this.#runs.get(String(run))?.record.logs ?? [], ended: true }),
    flow_runs: () => ({ runs: [...this.#runs.values()].reverse().map(({ record }) => summaryOf(record)) }),
    flow_cancel: ({ run }) => {
      this.#runs.get(String(run))?.cancel();
      return { status: 'cancelled' };
    },
    flow_answer: ({ run, deny }) => {
      this.#runs.get(String(run))?.answer(!deny);
      return {};
    },
    run_verify: () => ({ reproduced: true, differences: [] }),
    seal: () => ({ heads: ['h'] }),
    workspace_status: () => this.#status(),
  };

  #run(input: Input, started?: (run: string) => void): RunRecord | Promise<RunRecord> {
    const id = `run-${this.#runs.size + 1}`;
    const record = fakeRecord(id, input, this.clock());
    const { path } = record;
    if (!this.files.has(path)) refuse('NOT_FOUND', `There is no “${path}”.`);
    let stopped = false;
    let wake: (more: boolean) => void = () => undefined;
    let end: () => void = () => undefined;
    const over = new Promise<void>((resolve) => (end = resolve));
    const done = (status: RunRecord['status'], error?: ToolError) => {
      if (stopped) return;
      stopped = true;
      const asked = this.approvals.find((one) => one.run === id);
      if (asked) this.#settle(asked, { verdict: 'expired', reason: 'the run is over' });
      Object.assign(record, { status, durationMs: 184, ...(error ? { error } : {}) });
      Object.assign(record.usage, { fuel: 1_843_204, cpuMs: 162.4, wallMs: 184, outputBytes: 2_211, files: record.changes.length, calls: 37, writtenBytes: 1_804 });
      if (status === 'succeeded' && !record.dryRun && record.changes.length) {
        record.headsOut = ['h2'];
        this.#origins.unshift({ kind: 'run', name: id });
      }
      this.#origins.unshift({ kind: 'system', name: 'selvage' });
      this.#put(record.record, new TextEncoder().encode(JSON.stringify(record, null, 2)));
      this.emit({ kind: 'run', run: id, path, status, record: record.record });
      this.#changed([record.record, ...record.artifacts]);
      end();
    };
    this.#runs.set(id, { record, cancel: () => done('cancelled', { code: 'CANCELLED', message: 'Somebody cancelled the run.' }), answer: (more) => wake(more) });
    void (async () => {
      for (const step of fakeScript(path)) {
        await new Promise((resolve) => setTimeout(resolve, this.stepMs));
        if (stopped) return;
        if ('ask' in step) {
          this.emit({ kind: 'run', run: id, path, status: 'asking' });
          this.emit({ kind: 'asked', run: id, error: step.ask, limit: step.limit, used: step.used });
          const more = await new Promise<boolean>((resolve) => (wake = resolve));
          if (!more) return done('failed', step.ask);
          this.emit({ kind: 'run', run: id, path, status: 'running' });
        } else if ('waits' in step) {
          record.status = 'waiting';
          this.approvals = [...this.approvals, { ...step.waits, who: `run ${id}`, run: id, askedMs: this.clock(), expiresMs: this.clock() + 3_600_000 }];
          this.emit({ kind: 'run', run: id, path, status: 'waiting' });
          this.emit({ kind: 'approvals', waiting: this.approvals.length });
          if (!(await new Promise<boolean>((resolve) => (wake = resolve)))) return done('failed', { code: 'POLICY_DENIED', message: 'A person did not approve it.', hint: 'Propose something else, or ask the person.' });
        } else this.#play(record, step);
      }
      done(record.error ? 'failed' : 'succeeded', record.error);
    })();
    started?.(id);
    return input['wait'] === false ? record : over.then(() => (record.error ? Promise.reject(new Refusal(record.error)) : record));
  }

  #play(record: RunRecord, step: Exclude<ScriptStep, { ask: ToolError } | { waits: unknown }>): void {
    if ('log' in step) {
      const entry = { seq: record.logs.length, atMs: record.logs.length * 11.5, level: step.log as LogLevel, source: step.source ?? 'flow', text: step.text };
      record.logs.push(entry);
      this.emit({ kind: 'log', run: record.run, entries: [entry] });
    } else if ('done' in step) this.emit({ kind: 'run', run: record.run, path: record.path, status: 'running', progress: step });
    else if ('write' in step) {
      const bytes = new TextEncoder().encode(step.content);
      record.changes.push({ op: 'write', path: step.write, hash: hashOf(bytes), size: bytes.length });
      record.artifacts.push(step.write);
      if (record.dryRun) (record.proposed ??= []).push(fakeProposal(step.write, step.content, this.#text(step.write)));
      else this.#put(step.write, bytes);
    } else if ('value' in step) record.value = step.value;
    else record.error = step.fail;
  }

  #settle(asked: Approval, how: Pick<Decision, 'verdict' | 'reason' | 'by'>): Decision {
    const decision: Decision = { atMs: this.clock(), who: asked.who, what: asked.what, ...how, digest: asked.digest };
    this.approvals = this.approvals.filter((one) => one !== asked);
    this.decided = [decision, ...this.decided];
    this.emit({ kind: 'approvals', waiting: this.approvals.length });
    return decision;
  }

  #travel(from: Map<string, Item>[], to: Map<string, Item>[]): unknown {
    const state = from.pop() ?? refuse('NOTHING_TO_UNDO', 'There is nothing left to undo.');
    const before = this.files;
    to.push(before);
    this.files = state as Map<string, Item>;
    this.#origins.unshift({ kind: 'person', name: 'You' });
    this.#changed([]);
    return { change: 'c', message: '', paths: [...new Set([...before.keys(), ...this.files.keys()])].filter((path) => before.get(path) !== this.files.get(path)) };
  }

  #keep(): void {
    this.#origins.unshift({ kind: 'person', name: 'You' });
    this.#past.push(new Map(this.files));
    this.#future = [];
  }

  #folder(path: string): void {
    this.files.set(path, { id: `n${this.#ids++}`, bytes: undefined, modifiedMs: this.clock() });
  }

  #put(path: string, bytes: Uint8Array): void {
    this.files.set(path, { id: this.files.get(path)?.id ?? `n${this.#ids++}`, bytes, modifiedMs: this.clock() });
  }

  #changed(paths: string[]): void {
    this.emit({ kind: 'changed', paths, heads: ['h'] });
  }

  #content(hash: string): Uint8Array {
    return this.#contents.find(hash, this.files.values()) ?? (refuse('NOT_FOUND', `No content with the hash ${hash} is stored.`) as never);
  }

  #text = (path: string): string | undefined => (this.files.has(path) ? new TextDecoder().decode(this.#bytes(path)) : undefined);

  #bytes(path: string): Uint8Array {
    const item = this.files.get(path) ?? (refuse('NOT_FOUND', `There is no “${path}”.`, 'Look at the files with `ls`.') as never);
    return (item as Item).bytes ?? (refuse('NOT_A_FILE', `“${path}” is a folder.`) as never);
  }

  #entry(path: string): Entry {
    const item = this.files.get(path);
    const bytes = item?.bytes;
    const text = bytes !== undefined && !bytes.subarray(0, 8000).includes(0);
    return {
      path, name: nameOf(path), kind: item && !bytes ? 'folder' : 'file', size: bytes?.length ?? 0, hash: bytes ? hashOf(bytes) : '', text,
      modifiedMs: item?.modifiedMs ?? 0, id: item?.id ?? `folder:${path}`,
    };
  }

  #entries(): Entry[] {
    const paths = new Set(this.files.keys());
    for (const path of this.files.keys()) for (let up = parentOf(path); up; up = parentOf(up)) paths.add(up);
    return [...paths].sort().map((path) => (this.files.has(path) ? this.#entry(path) : { ...this.#entry(path), kind: 'folder' as const }));
  }

  #status(): WorkspaceStatus {
    const sizes = [...this.files.values()].map((item) => item.bytes?.length ?? 0);
    return {
      storage: this.mode === 'memory' ? 'memory' : 'durable', heads: ['h'], files: sizes.length, bytes: sizes.reduce((a, b) => a + b, 0), version: '0.1.0',
      queued: 0, running: 0, limits: LIMITS,
    };
  }
}
