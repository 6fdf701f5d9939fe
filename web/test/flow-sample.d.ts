/** Where a run reads and writes. Paths start at the top of the workspace. */
interface FlowFiles {
  /** Reads a file as text. */
  readText(path: string): Promise<string>;
  /** Reads a JSON file. */
  readJson(path: string): Promise<unknown>;
  /** Writes a text, and the folders above it. */
  writeText(path: string, text: string): Promise<void>;
  /** Writes a value as JSON. */
  writeJson(path: string, value: unknown): Promise<void>;
  /** Lists a folder. */
  list(path: string): Promise<FileStat[]>;
}

interface FileStat {
  readonly path: string;
  readonly size: number;
}

/** What a flow gets. */
interface Flow {
  /** What the caller passed. */
  readonly args: Record<string, unknown>;
  /** The files of the workspace. */
  readonly fs: FlowFiles;
  /** Writes to the log. */
  log(...values: unknown[]): void;
  log(level: string, ...values: unknown[]): void;
  /** Tells how far the run is. */
  progress(done: number, total?: number, label?: string): void;
  /** Names a file as a product of the run. */
  artifact(path: string): void;
}

declare const flow: Flow;

declare const console: {
  /** Logs at level info. */
  log(...values: unknown[]): void;
  /** Logs at level error. */
  error(...values: unknown[]): void;
};

/** Fetches from a domain that was granted. */
declare function fetch(input: string | URL, init?: RequestInit): Promise<Response>;
