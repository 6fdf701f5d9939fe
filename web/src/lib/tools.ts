// The tool contract as the page sees it: what goes in and comes back in JSON. The Rust crate
// `selvage-tool` is the source; these are the parts that the page reads.

import type { ToolError, ToolResult } from '../../embed/selvage';
import type { Proposed } from '../approvals/approval';
import type { CallBegan, CallEnded } from '../../../worker/calls';
import type { DevicesState } from '../../../worker/client-messages';

export type { ToolError, ToolResult };

/** A failed tool call, as the page throws it to itself. */
export class ToolFailure extends Error {
  constructor(readonly error: ToolError) {
    super(error.message);
    this.name = 'ToolFailure';
  }
}

export interface Entry {
  path: string;
  name: string;
  kind: 'file' | 'folder';
  size: number;
  hash: string;
  text: boolean;
  modifiedMs: number;
  id: string;
}

/** One side of a conflict. */
export interface ConflictVersion {
  path: string;
  kind: 'file' | 'folder';
  hash: string;
  size: number;
  text: boolean;
  modifiedMs: number;
  origin?: HistoryChange['origin'];
}

/** What was made apart and can't be joined; the side that is shown comes first. */
export interface Conflict {
  id: string;
  kind: 'name' | 'contents' | 'deletion';
  path: string;
  versions: ConflictVersion[];
  more: boolean;
}

export type Keep = 'shown' | 'other' | 'both';

/** A file or folder that differs between two points in time. */
export interface Difference {
  verb: 'added' | 'removed' | 'moved' | 'renamed' | 'edited';
  path: string;
  was?: string;
  kind: 'file' | 'folder';
  edited: boolean;
}

export interface Position {
  line: number;
  column: number;
  offset: number;
}

export interface Span {
  start: Position;
  end: Position;
}

export type Severity = 'error' | 'warning' | 'info';

export interface TextEdit {
  span: Span;
  text: string;
}

export interface Fix {
  title: string;
  safe: boolean;
  edits: TextEdit[];
  /** The path that the file moves to, where that is the mend. */
  rename?: string;
}

export interface Diagnostic {
  code: string;
  severity: Severity;
  path: string;
  span: Span;
  message: string;
  hint?: string;
  fix?: Fix;
}

export interface Grant {
  read: string[];
  write: string[];
  net: string[];
  tools: string[];
}

export type Shape = 'script' | 'module' | 'setup' | 'init';

export interface InputSpec {
  id: string;
  label: string;
  kind: 'text' | 'number' | 'boolean' | 'file' | 'image' | 'json' | 'select';
  optional: boolean;
  default?: unknown;
  description?: string;
  options?: string[];
}

/** A function of a Python file that can be run by itself. */
export interface FlowEntry {
  kind: 'workflow' | 'tool' | 'dataProvider';
  function: string;
  name: string;
  description?: string;
  category: string;
  tags?: string[];
  parameters: FlowParameter[];
  takesMore?: boolean;
  async: boolean;
  line: number;
}

export interface FlowParameter {
  name: string;
  label: string;
  type: 'text' | 'integer' | 'number' | 'boolean' | 'date' | 'datetime' | 'time' | 'list' | 'json';
  required: boolean;
  default?: unknown;
  options?: unknown[];
}

export interface LintReport {
  ok: boolean;
  diagnostics: Diagnostic[];
  fixed: number;
  formatted?: boolean;
  shape?: Shape;
  title?: string;
  description?: string;
  inputs: InputSpec[];
  entries?: FlowEntry[];
  outputs: string[];
  grant: Grant;
  policy?: Foreseen[];
}

/** Something that a run would touch, and that the policy does not just let happen. */
export interface Foreseen {
  what: string;
  forecast: 'asked' | 'denied' | 'depends';
  reason: string;
}

export interface FlowSummary {
  path: string;
  name: string;
  /** The mounted workspace that has it. */
  scope?: string;
  title?: string;
  description?: string;
  shape?: Shape;
  inputs: InputSpec[];
  entries?: FlowEntry[];
  /** The manifest of flows names it; `name` is what it is called there. */
  named?: boolean;
  unread?: boolean;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogEntry {
  seq: number;
  atMs: number;
  level: LogLevel;
  source: string;
  text: string;
}

export interface RunProgress {
  done: number;
  total?: number | null;
  label?: string | null;
}

export type RunStatus = 'queued' | 'running' | 'asking' | 'waiting' | 'succeeded' | 'completedWithErrors' | 'failed' | 'cancelled';

export type Limits = Record<LimitName, number>;
export type LimitName =
  | 'fuelMax'
  | 'cpuMsMax'
  | 'wallMsMax'
  | 'memoryBytesMax'
  | 'stackCallsMax'
  | 'outputBytesMax'
  | 'filesMax'
  | 'writtenBytesMax'
  | 'callsMax'
  | 'fetchesMax'
  | 'fetchBytesMax';

export interface Usage {
  fuel: number;
  cpuMs: number;
  wallMs: number;
  memoryBytes: number;
  outputBytes: number;
  files: number;
  writtenBytes: number;
  calls: number;
  fetches: number;
}

export type FileOp =
  | { op: 'write'; path: string; hash: string; size: number }
  | { op: 'mkdir'; path: string }
  | { op: 'move'; from: string; to: string }
  | { op: 'remove'; path: string };

export type Verdict = 'allowed' | 'denied' | 'asked' | 'approved' | 'refused' | 'expired';

/** What a rule of the policy, or a person, decided. */
export interface Decision {
  atMs: number;
  who: string;
  what: string;
  verdict: Verdict;
  reason: string;
  by?: string;
  digest?: string;
}

export interface RunRecord {
  run: string;
  path: string;
  function?: string;
  /** What the manifest calls the flow, where it was run by that name. */
  name?: string;
  status: RunStatus;
  startedMs: number;
  durationMs: number;
  args: unknown;
  env: string[];
  /** The secrets that its fetches could carry, by what stood for each in its environment. */
  secrets?: Record<string, string>;
  value?: unknown;
  error?: ToolError;
  usage: Usage;
  limits: Limits;
  grant: Grant;
  changes: FileOp[];
  artifacts: string[];
  variables?: Record<string, unknown>;
  logs: LogEntry[];
  diagnostics: Diagnostic[];
  headsIn: string[];
  headsOut: string[];
  /** What the policy and persons decided about it, in order. */
  decisions?: Decision[];
  /** What a dry run would have changed, with differences. */
  proposed?: Proposed[];
  flowHash: string;
  guestHash: string;
  seed: number;
  startMs?: number | null;
  dryRun: boolean;
  record: string;
}

/** What the history shows of a run. */
export interface RunSummary {
  run: string;
  path: string;
  function?: string;
  status: RunStatus;
  startedMs: number;
  durationMs: number;
  code?: string;
  record: string;
  /** Nothing that it changed was kept. */
  dryRun?: boolean;
}

/** A file that ran, and which function of it. */
export interface Ran {
  path: string;
  function?: string | undefined;
}

/** What ran, as `run_flow` takes it. */
export const referenceOf = (ran: Ran): string => (ran.function === undefined ? ran.path : `${ran.path}::${ran.function}`);

/** The file of what `run_flow` takes. */
export const fileOf = (reference: string): string => /^(.*\.py)::[^/]*?$/.exec(reference)?.[1] ?? reference;

/** What to run: a reference, or a name of the manifest, so that what it says holds. */
export type RunRequest = ({ path: string } | { name: string }) & RunOptions;

export interface RunOptions {
  args?: unknown;
  env?: Record<string, string>;
  secrets?: Record<string, string>;
  allowNet?: string[];
  allowTools?: string[];
  limits?: Partial<Limits>;
  mode?: 'run' | 'dry-run';
  seed?: number;
  startMs?: number;
}

export interface ReadValue {
  path: string;
  content: string;
  encoding: 'text' | 'base64';
  size: number;
  hash: string;
  truncated: boolean;
  nextOffset?: number;
}

export interface WriteValue {
  path: string;
  size: number;
  hash: string;
  change: string[];
}

export interface HistoryChange {
  change: string;
  heads: string[];
  atMs: number;
  origin: { kind: 'person' | 'run' | 'agent' | 'system' | 'peer'; name: string };
  message: string;
  hash?: string;
  size?: number;
  /** When the file's content of then was thinned out. */
  thinnedMs?: number;
}

export interface SearchMatch {
  path: string;
  line?: number;
  column?: number;
  text?: string;
}

export interface WorkspaceStatus {
  storage: 'durable' | 'memory';
  heads: string[];
  files: number;
  bytes: number;
  version: string;
  queued: number;
  running: number;
  limits: Limits;
  scopes?: ScopeStatus[];
}

/** A workspace that is mounted as a parent. */
export interface ScopeStatus {
  name: string;
  workspace: string;
  heads: string[];
  /** What keeps flows from running with its files. */
  problem?: string;
}

export type StorageMode = 'durable' | 'memory';

export type KernelEvent =
  | { kind: 'ready'; tools: string[] }
  | { kind: 'changed'; paths: string[]; heads: string[] }
  | { kind: 'run'; run: string; path: string; status: RunStatus; progress?: RunProgress; record?: string; /** The page's number of the call that waits for it. */ call?: number }
  /** Somebody other than the person called for a run that was told. Who that is, is for this page alone. */
  | { kind: 'began'; run: string; agent: string }
  | { kind: 'log'; run: string; entries: LogEntry[] }
  | { kind: 'asked'; run: string; error: ToolError; limit: string; used: number }
  | { kind: 'approvals'; waiting: number }
  | { kind: 'storage'; mode: StorageMode; reason?: string }
  | { kind: 'tabs'; others: number }
  | { kind: 'damaged'; message: string; restored: boolean }
  | { kind: 'peerLost'; message: string; hint: string; reason: string }
  | { kind: 'devices'; state: DevicesState }
  | { kind: 'secretsWanted'; names: string[] }
  | { kind: 'said'; device: string; text: string }
  | { kind: 'direct'; device: string; bytes: Uint8Array<ArrayBuffer> }
  | CallBegan
  | CallEnded
  | { kind: 'failed'; message: string };

/** Whether a run ended with a result, good or bad: then what it wrote has landed. */
export const gave = (status?: RunStatus): boolean => status === 'succeeded' || status === 'completedWithErrors';

export const ended = (status: RunStatus): boolean => gave(status) || status === 'failed' || status === 'cancelled';
