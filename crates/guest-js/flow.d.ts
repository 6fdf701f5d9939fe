/**
 * What a flow finds when it runs.
 *
 * A flow is a file that ends in `.flow.js` or `.flow.mjs`. The editor completes from this file, and
 * a test keeps it true: every name here exists at run time.
 */

/** The run's own object: the argument of a default export, and a global in every flow. */
declare const flow: Flow;

interface Flow<Args = any> {
  /** What the caller passed; `{}` when nothing was. */
  readonly args: Args;
  /** Names and values that the caller passed beside the arguments. */
  readonly env: Readonly<Record<string, string>>;
  /** The name of this run. Its record lies under `runs/`. */
  readonly run: string;
  /** The files of the workspace, as they were when the run started, and what the run wrote since. */
  readonly fs: FlowFiles;
  /** Writes a log entry that is shown while the flow runs. */
  readonly log: FlowLog;
  /**
   * Tells how far the run is.
   * @param done steps done
   * @param total steps in all, when that is known
   * @param label what is being done
   */
  progress(done: number, total?: number, label?: string): void;
  /** Names a file as a product of the run, so that it is shown with the result. The file must exist. */
  artifact(path: string): Promise<void>;
  /**
   * Calls a tool. The run's grant must cover it.
   * @throws FlowError with the tool's code
   */
  call<T = any>(tool: string, input?: object): Promise<T>;
}

/**
 * Files. Paths are workspace paths, `data/in.csv`; a leading `/` makes no difference, and no path
 * leads out of the workspace. Everything that a run writes lands together when it succeeds, or not at all.
 */
interface FlowFiles {
  /** The text of a file in UTF-8. The same as `readText`. */
  read(path: string): Promise<string>;
  /** The text of a file in UTF-8. A byte order mark is left out. */
  readText(path: string): Promise<string>;
  /** The value of a JSON file. */
  readJSON<T = any>(path: string): Promise<T>;
  /** The bytes of a file. */
  readBytes(path: string): Promise<Uint8Array>;
  /** Writes a text, bytes, or anything else as JSON. Folders are made as needed. */
  write(path: string, content: string | ArrayBuffer | ArrayBufferView | object): Promise<void>;
  /** Writes a value as JSON with two blanks a level, also a text or bytes. */
  writeJSON(path: string, value: unknown): Promise<void>;
  /** What lies in a folder, the workspace's root when none is given. */
  list(path?: string): Promise<FlowEntry[]>;
  /** What is there, or `null`. */
  stat(path: string): Promise<FlowEntry | null>;
  /** Whether there is a file or a folder. */
  exists(path: string): Promise<boolean>;
  /** Makes a folder and those above it. */
  mkdir(path: string): Promise<void>;
  /** Moves or renames a file or a folder. */
  move(from: string, to: string): Promise<void>;
  /** Removes a file, or a folder with everything in it. */
  remove(path: string): Promise<void>;
}

/** A file or a folder. */
interface FlowEntry {
  path: string;
  name: string;
  kind: "file" | "folder";
  /** Bytes; 0 for a folder. */
  size: number;
}

/** Logs at level `info` when it is called. The first argument may hold `%s %d %i %f %o %j`. */
interface FlowLog {
  (...values: unknown[]): void;
  debug(...values: unknown[]): void;
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
}

/** What a host call that fails throws. Let through, it gives the run its own code. */
interface FlowError extends Error {
  /** From the closed list of codes: `NOT_FOUND`, `POLICY_DENIED`, `FETCH_FAILED`, … */
  readonly code: string;
  /** What to do about it. */
  readonly hint?: string;
  /** The file that it is about. */
  readonly path?: string;
}

/** What `setup(flow)` and `init(setup)` are given: everything of `flow`, and what declares inputs and outputs. */
interface FlowSetup extends Flow {
  /** Names the flow in lists. */
  title(text: string): this;
  /** Says what the flow does. */
  describe(text: string): this;
  inText(id: string, label?: string, options?: FlowInput<string>): this;
  inNumber(id: string, label?: string, options?: FlowInput<number>): this;
  inBoolean(id: string, label?: string, options?: FlowInput<boolean>): this;
  inFile(id: string, label?: string, options?: FlowInput<unknown>): this;
  inImg(id: string, label?: string, options?: FlowInput<unknown>): this;
  inImgs(id: string, label?: string, options?: FlowInput<unknown>): this;
  inJson(id: string, label?: string, options?: FlowInput<unknown>): this;
  inSelect(id: string, label?: string, options?: FlowInput<string> & { options: string[] }): this;
  outText(id: string, label?: string): this;
  outNumber(id: string, label?: string): this;
  outBoolean(id: string, label?: string): this;
  outFile(id: string, label?: string): this;
  outImg(id: string, label?: string): this;
  outImgs(id: string, label?: string): this;
  outJson(id: string, label?: string): this;
}

/** What may be said of an input. */
interface FlowInput<T> {
  /** Whether the flow runs without it. */
  optional?: boolean;
  /** What it is when nothing is passed. */
  default?: T;
  /** Shown beside the field. */
  description?: string;
}

/** What `run(services)` is given: everything of `flow`, the inputs and outputs, and each granted tool by its name. */
interface FlowServices extends Flow {
  /** The inputs by id. An id that was not declared throws. */
  readonly inputs: Readonly<Record<string, any>>;
  /** An input by its id. */
  input<T = any>(id: string): T;
  /** Sets an output. The same as `output`. */
  outputs(id: string, value: unknown): void;
  /** Sets an output; the result of the run is the object of all that were set. */
  output(id: string, value: unknown): void;
  [tool: string]: any;
}

interface Console {
  debug(...values: unknown[]): void;
  log(...values: unknown[]): void;
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
  trace(...values: unknown[]): void;
  dir(value: unknown, options?: { depth?: number }): void;
  table(rows: unknown): void;
  assert(condition: unknown, ...values: unknown[]): void;
  count(label?: string): void;
  countReset(label?: string): void;
  group(...values: unknown[]): void;
  groupEnd(): void;
  time(label?: string): void;
  timeLog(label?: string): void;
  timeEnd(label?: string): void;
}
declare const console: Console;

/**
 * Fetches over http or https. The host does it, when the run is granted the domain; redirects are checked again.
 * @throws FlowError with `POLICY_DENIED`, `FETCH_FAILED` or a quota's code
 */
declare function fetch(address: string | URL, init?: FetchInit): Promise<Response>;
interface FetchInit {
  method?: string;
  headers?: HeadersInit;
  body?: string | ArrayBuffer | ArrayBufferView | URLSearchParams | null;
  signal?: AbortSignal;
}
type HeadersInit = Headers | Record<string, string> | Iterable<[string, string]>;
declare class Headers {
  constructor(init?: HeadersInit);
  append(name: string, value: string): void;
  delete(name: string): void;
  get(name: string): string | null;
  has(name: string): boolean;
  set(name: string, value: string): void;
  forEach(each: (value: string, name: string, headers: Headers) => void): void;
  entries(): IterableIterator<[string, string]>;
  keys(): IterableIterator<string>;
  values(): IterableIterator<string>;
  [Symbol.iterator](): IterableIterator<[string, string]>;
}
declare class Response {
  constructor(body?: FetchInit["body"], init?: { status?: number; statusText?: string; headers?: HeadersInit });
  static json(value: unknown, init?: { status?: number; statusText?: string; headers?: HeadersInit }): Response;
  /** Whether the status is from 200 to 299. */
  readonly ok: boolean;
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  /** The address after redirects. */
  readonly url: string;
  readonly redirected: boolean;
  readonly bodyUsed: boolean;
  text(): Promise<string>;
  json<T = any>(): Promise<T>;
  arrayBuffer(): Promise<ArrayBuffer>;
  bytes(): Promise<Uint8Array>;
  clone(): Response;
}
declare class AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}
declare class AbortSignal extends EventTarget {
  static abort(reason?: unknown): AbortSignal;
  static timeout(ms: number): AbortSignal;
  static any(signals: Iterable<AbortSignal>): AbortSignal;
  readonly aborted: boolean;
  readonly reason: any;
  onabort: ((event: Event) => void) | null;
  throwIfAborted(): void;
}
declare class Event {
  constructor(type: string, init?: { cancelable?: boolean });
  readonly type: string;
  readonly target: EventTarget | null;
  readonly cancelable: boolean;
  readonly defaultPrevented: boolean;
  preventDefault(): void;
}
declare class EventTarget {
  addEventListener(type: string, listener: (event: Event) => void, options?: { once?: boolean }): void;
  removeEventListener(type: string, listener: (event: Event) => void): void;
  dispatchEvent(event: Event): boolean;
}
declare class DOMException extends Error {
  constructor(message?: string, name?: string);
  readonly code: number;
}

declare class URL {
  constructor(address: string | URL, base?: string | URL);
  static canParse(address: string | URL, base?: string | URL): boolean;
  static parse(address: string | URL, base?: string | URL): URL | null;
  href: string;
  readonly origin: string;
  protocol: string;
  username: string;
  password: string;
  host: string;
  hostname: string;
  port: string;
  pathname: string;
  search: string;
  hash: string;
  readonly searchParams: URLSearchParams;
  toString(): string;
  toJSON(): string;
}
declare class URLSearchParams {
  constructor(init?: string | Record<string, string> | Iterable<[string, string]> | URLSearchParams);
  readonly size: number;
  append(name: string, value: string): void;
  delete(name: string, value?: string): void;
  get(name: string): string | null;
  getAll(name: string): string[];
  has(name: string, value?: string): boolean;
  set(name: string, value: string): void;
  sort(): void;
  forEach(each: (value: string, name: string, params: URLSearchParams) => void): void;
  entries(): IterableIterator<[string, string]>;
  keys(): IterableIterator<string>;
  values(): IterableIterator<string>;
  [Symbol.iterator](): IterableIterator<[string, string]>;
  toString(): string;
}

declare class TextEncoder {
  readonly encoding: "utf-8";
  encode(text?: string): Uint8Array;
  encodeInto(text: string, target: Uint8Array): { read: number; written: number };
}
declare class TextDecoder {
  /** Only `utf-8` is known. */
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  readonly encoding: "utf-8";
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  decode(bytes?: ArrayBuffer | ArrayBufferView, options?: { stream?: boolean }): string;
}

interface Crypto {
  /** Fills a typed array of integers, at most 65,536 bytes. */
  getRandomValues<T extends ArrayBufferView>(array: T): T;
  randomUUID(): string;
}
declare const crypto: Crypto;

interface Performance {
  /** Milliseconds since the run began. */
  now(): number;
}
declare const performance: Performance;

/** Calls a function later. The run lasts until the last timer that was not cleared. */
declare function setTimeout(call: (...values: any[]) => void, ms?: number, ...values: any[]): number;
declare function clearTimeout(timer: number | undefined): void;
declare function setInterval(call: (...values: any[]) => void, ms?: number, ...values: any[]): number;
declare function clearInterval(timer: number | undefined): void;
declare function queueMicrotask(call: () => void): void;
/** A deep copy that shares nothing: also maps, sets, dates, errors, bytes and cycles. */
declare function structuredClone<T>(value: T): T;
declare function atob(text: string): string;
declare function btoa(text: string): string;
