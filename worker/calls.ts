// What callers other than the person do, told to the page as it happens: who calls which tool with what, and what comes of it.
// Texts are cut, so that a page that shows them holds little of the workspace twice.

/** The most characters of a call's input and of its answer that are told. */
export const CALL_TEXT_CHARS_MAX = 4_096;

/** A call that somebody made. */
export interface CallBegan {
  kind: "call";
  call: number;
  agent: string;
  name: string;
  atMs: number;
  /** The input as JSON, cut. */
  input: string;
}

/** A call that is answered. */
export interface CallEnded {
  kind: "called";
  call: number;
  ok: boolean;
  durationMs: number;
  /** The value, or the error, as JSON, cut. */
  answer: string;
  /** The file, the run and the run's record that the value names. */
  path?: string;
  run?: string;
  record?: string;
}

export class Calls {
  #open = new Map<number, number>();

  constructor(
    readonly tell: (event: CallBegan | CallEnded) => void,
    readonly now: () => number = () => Date.now(),
  ) {}

  /** A call came in; `input` is its JSON. */
  began(call: number, agent: string, name: string, input: string): void {
    const atMs = this.now();
    this.#open.set(call, atMs);
    this.tell({ kind: "call", call, agent: agent.slice(0, CALL_TEXT_CHARS_MAX), name: String(name).slice(0, CALL_TEXT_CHARS_MAX), atMs, input: cut(input) });
  }

  /** A call is answered, where it is one that was told. */
  ended(call: number, result: unknown): void {
    const atMs = this.#open.get(call);
    if (atMs === undefined) return;
    this.#open.delete(call);
    const { ok, value, error } = result as { ok: boolean; value?: unknown; error?: unknown };
    const named = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
    const texts = Object.fromEntries(["path", "run", "record"].flatMap((key) => (typeof named[key] === "string" ? [[key, named[key]]] : [])));
    this.tell({ kind: "called", call, ok, durationMs: this.now() - atMs, answer: cut(JSON.stringify(ok ? value : error, shortened) ?? "null"), ...texts });
  }
}

const cut = (text: string): string => (text.length > CALL_TEXT_CHARS_MAX ? `${text.slice(0, CALL_TEXT_CHARS_MAX)}…` : text);

/** The text of a whole file is not written out only to be cut. */
const shortened = (_key: string, value: unknown): unknown => (typeof value === "string" ? cut(value) : value);
