// The workbench in a frame of another web app, and its tools from there. This file stands alone: the build makes
// `embed/selvage.js` and `embed/selvage.d.ts` of it, and an app imports or copies those.

export interface ToolError {
  /** From the closed list of `docs/tools.md`. */
  code: string;
  message: string;
  /** What to do about it. */
  hint?: string;
  path?: string;
  line?: number;
  column?: number;
  stack?: string;
}

export type ToolResult<T = unknown> = { ok: true; value: T } | { ok: false; error: ToolError };

/** What happened in the workspace: `changed`, `run`, `log` or `asked`, with what belongs to it. */
export interface SelvageEvent {
  kind: 'changed' | 'run' | 'log' | 'asked';
  [key: string]: unknown;
}

/** What goes to the workbench. `id` is the caller's, and comes back with the answer. */
export type ToDoor = { selvage: 1; id: number } & (
  | { hello: true }
  /** With `watch`, news of the run that the call starts comes before the answer. */
  | { name: string; input?: unknown; watch?: boolean }
  /** Cancels the run that the call of that number started. */
  | { cancel: true }
  | { listen: boolean }
);

/** What comes from it. */
export type FromDoor = { selvage: 1 } & ({ id: number; result: ToolResult } | { id: number; news: SelvageEvent } | { event: SelvageEvent });

export interface OpenOptions {
  /** The address of the workbench. Its web origin is the only one that is spoken with. */
  src: string | URL;
  /** What the frame is called by assistive technology. */
  title?: string;
  /** How long the workbench may take to answer, in milliseconds. */
  timeoutMs?: number;
}

export interface CallOptions {
  /** Aborting it cancels the run. The answer comes all the same, and says so. */
  signal?: AbortSignal;
  /** Hears how far the run is. */
  onProgress?: (progress: { done: number; total?: number | null; label?: string | null }) => void;
  /** Hears what the run logs. */
  onLog?: (entry: { seq: number; atMs: number; level: string; source: string; text: string }) => void;
}

export interface Embedded {
  readonly frame: HTMLIFrameElement;
  /** Whether the workbench answers and lets this page call. Nothing need wait for it: calls do by themselves. */
  readonly ready: Promise<ToolResult<{ version: string; tools: string[] }>>;
  /** Calls a tool. It never rejects: every failure is data. */
  call(name: string, input?: unknown, options?: CallOptions): Promise<ToolResult>;
  /** Hears of events of one kind; the returned function stops that. */
  on(kind: SelvageEvent['kind'], listener: (event: SelvageEvent) => void): () => void;
  /** Takes the frame away, and answers all calls that wait. */
  close(): void;
}

/** How long the workbench may take to answer unless the caller says otherwise. */
const READY_MS_MAX = 30_000;
/** How long a call may go on after it was given up. */
const GIVEN_UP_MS_MAX = 10_000;
/** A workbench that is loaded may still not hear, so it is asked again. */
const ASK_EVERY_MS = 200;

/** The caller's end of a way to a workbench, whatever carries the messages. */
export class Link {
  #waiting = new Map<number, { answer: (result: ToolResult) => void; options: CallOptions }>();
  #listeners = new Map<SelvageEvent['kind'], Set<(event: SelvageEvent) => void>>();
  #next = 1;

  readonly post: (message: ToDoor) => void;

  /** `post` carries a message to the workbench. */
  constructor(post: (message: ToDoor) => void) {
    this.post = post;
  }

  /** Takes what came from the workbench. */
  hear(message: FromDoor): void {
    if ('event' in message) this.#listeners.get(message.event.kind)?.forEach((listener) => listener(message.event));
    else if ('news' in message) tell(this.#waiting.get(message.id)?.options, message.news);
    else if ('result' in message) this.#give(message.id, message.result);
  }

  /** Asks who is there. It waits no longer than that, and then gives nothing. */
  async hello(timeMs: number): Promise<ToolResult | undefined> {
    const { id, answered } = this.#ask({ hello: true });
    const pause = new Promise<undefined>((resolve) => setTimeout(resolve, timeMs, undefined));
    const result = await Promise.race([answered, pause]);
    this.#waiting.delete(id);
    return result;
  }

  /** Calls a tool. It never rejects. */
  async call(name: string, input: unknown = {}, options: CallOptions = {}): Promise<ToolResult> {
    const { id, answered } = this.#ask({ name, input, watch: true }, options);
    const giveUp = (): void => {
      this.post({ selvage: 1, id, cancel: true });
      setTimeout(() => this.#give(id, failure('CANCELLED', `The call of ${name} was given up, and gave no answer.`, 'Look with `flow_runs` what became of it.')), GIVEN_UP_MS_MAX);
    };
    if (options.signal?.aborted) giveUp();
    options.signal?.addEventListener('abort', giveUp);
    const result = await answered;
    options.signal?.removeEventListener('abort', giveUp);
    return result;
  }

  /** Hears of events of one kind, once `listen` was sent; the returned function stops that. */
  on(kind: SelvageEvent['kind'], listener: (event: SelvageEvent) => void): () => void {
    const known = this.#listeners.get(kind) ?? new Set();
    this.#listeners.set(kind, known.add(listener));
    return () => void known.delete(listener);
  }

  /** Tells the workbench that somebody hears, where somebody does. */
  listen(): void {
    if (this.#listeners.size > 0) this.post({ selvage: 1, id: this.#next++, listen: true });
  }

  /** Answers all that waits. */
  end(result: ToolResult): void {
    for (const id of [...this.#waiting.keys()]) this.#give(id, result);
  }

  #ask(message: object, options: CallOptions = {}): { id: number; answered: Promise<ToolResult> } {
    const id = this.#next++;
    const answered = new Promise<ToolResult>((answer) => {
      this.#waiting.set(id, { answer, options });
      try {
        this.post({ selvage: 1, id, ...message } as ToDoor);
      } catch {
        this.#give(id, failure('INVALID_INPUT', 'The input holds something that is not plain data.', 'Pass objects, arrays, strings, numbers, booleans and null only.'));
      }
    });
    return { id, answered };
  }

  #give(id: number, result: ToolResult): void {
    this.#waiting.get(id)?.answer(result);
    this.#waiting.delete(id);
  }
}

/** Shows a workbench in the container. */
export function open(container: Element, { src, title = 'Selvage', timeoutMs = READY_MS_MAX }: OpenOptions): Embedded {
  const url = new URL(src, container.ownerDocument.baseURI);
  const frame = container.ownerDocument.createElement('iframe');
  const here = container.ownerDocument.defaultView ?? window;
  frame.title = title;
  frame.src = url.href;
  let closed = false;
  let documents = 0;

  // The origin is named, so that a frame that went elsewhere hears nothing.
  const link = new Link((message) => frame.contentWindow?.postMessage(message, url.origin));
  const hear = ({ source, origin, data }: MessageEvent): void => {
    if (source === frame.contentWindow && origin === url.origin && (data as FromDoor | null)?.selvage === 1) link.hear(data as FromDoor);
  };
  here.addEventListener('message', hear);

  let loaded: () => void = () => undefined;
  // Before that the frame has another origin, and could not be asked.
  const isLoaded = new Promise<void>((resolve) => (loaded = resolve));
  const knock = async (): Promise<ToolResult<{ version: string; tools: string[] }>> => {
    const end = Date.now() + timeoutMs;
    await Promise.race([isLoaded, new Promise((resolve) => setTimeout(resolve, timeoutMs))]);
    while (!closed && Date.now() < end) {
      const result = await link.hello(ASK_EVERY_MS);
      if (result) return result as ToolResult<{ version: string; tools: string[] }>;
    }
    return closed ? CLOSED : failure('EXECUTOR_UNAVAILABLE', `The workbench at ${url.origin} gives no answer.`, `Open its address by itself. A server must let this page show it in a frame: start it with \`--embed ${here.location.origin}\`.`);
  };
  let ready = knock();
  const listen = (): void => void ready.then(({ ok }) => ok && link.listen());

  frame.addEventListener('load', () => {
    if (++documents === 1) return loaded();
    // Another document is in the frame: what it was asked is lost, and it knows of no listener.
    link.end(failure('CANCELLED', 'The workbench was loaded anew before it answered.', 'Look what is there, and call again.'));
    ready = knock();
    listen();
  });
  container.append(frame);

  return {
    frame,
    get ready() {
      return ready;
    },
    async call(name, input, options) {
      if (isDenied(await ready)) {
        // Somebody may have let this page in since.
        ready = knock();
        listen();
      }
      const known = await ready;
      if (closed) return CLOSED;
      return known.ok ? link.call(name, input, options) : known;
    },
    on(kind, listener) {
      const leave = link.on(kind, listener);
      listen();
      return leave;
    },
    close() {
      closed = true;
      loaded();
      here.removeEventListener('message', hear);
      frame.remove();
      link.end(CLOSED);
    },
  };
}

function tell(options: CallOptions | undefined, news: SelvageEvent): void {
  if (news.kind === 'run' && news['progress']) options?.onProgress?.(news['progress'] as { done: number });
  if (news.kind === 'log') for (const entry of news['entries'] as Parameters<NonNullable<CallOptions['onLog']>>[0][]) options?.onLog?.(entry);
}

const isDenied = (result: ToolResult): boolean => !result.ok && result.error.code === 'POLICY_DENIED';

function failure(code: string, message: string, hint: string): { ok: false; error: ToolError } {
  return { ok: false, error: { code, message, hint } };
}

const CLOSED: { ok: false; error: ToolError } = failure('CANCELLED', 'The workbench was closed.', 'Open it again.');
