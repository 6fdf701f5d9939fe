// A run at a server: what a runner Worker is to the kernel, over HTTP (`docs/design-jobs.md`). It has a Worker's two functions,
// and says what a Worker says. Loaded for the first such run.

import { fromBase64, toBase64 } from "../web/src/lib/base64.ts";
import type { JobPlace } from "./client-messages.ts";
import { members } from "./members.ts";
import type { FromRunner, ToRunner } from "./protocol.ts";
import { ASKING_MS_MAX, broken, Failed, pause, Wire, type Asked, type Pieces, type Told } from "./wire.ts";

/** The most bytes of a list of hashes, of a blob, of an answer to a call, and of what one job tells: the server's bounds. */
const HASHES_BYTES_MAX = 8 * 1024 * 1024;
const BLOB_BYTES_MAX = 64 * 1024 * 1024;
const ANSWER_BYTES_MAX = 32 * 1024 * 1024;
const TOLD_CHARS_MAX = 64 * 1024 * 1024;
/**
 * A browser has six connections to a server of HTTP/1.1. Where more runs than these listen, one that has something to say
 * stops listening for as long as that takes; so none waits for a connection that only its own answer would set free.
 */
const STREAMS_MAX = 3;

/** How many runs listen. */
let streams = 0;

interface End {
  report: string;
  written: [hash: string, bytes: Uint8Array<ArrayBuffer>][];
}

export class RemoteRun {
  readonly #wire: Wire;
  readonly #hear: (message: FromRunner) => void;
  /** The client's own name for the job: asked for again after a lost answer, it is the same job. */
  readonly #path = `/jobs/${crypto.randomUUID()}`;
  readonly #over = new AbortController();
  #isSent = false;
  #isCancelled = false;
  /** How often the job was answered that asked for more: a word that comes twice is heard once. */
  #grants = 0;
  /** What is said to the job, one after the other. */
  #words: Promise<void> = Promise.resolve();
  /** Stops listening, to give the connection to a word. */
  #makeRoom: (() => void) | undefined;

  constructor(place: JobPlace, hear: (message: FromRunner) => void) {
    this.#wire = new Wire(place);
    this.#hear = hear;
  }

  postMessage(message: ToRunner): void {
    switch (message.type) {
      case "run":
        void this.#run(message);
        break;
      case "answer":
        this.#say({ method: "POST", path: `${this.#path}/answer`, body: answered(message) });
        break;
      case "more":
        this.#say({ method: "POST", path: `${this.#path}/more`, body: `{"number":${(this.#grants += 1)},"limits":${message.limits ?? "null"}}` });
        break;
      case "hold":
        this.#say({ method: "POST", path: `${this.#path}/hold`, body: JSON.stringify({ held: message.held }) });
        break;
      case "cancel":
        this.#isCancelled = true;
        if (this.#isSent) this.#say({ method: "DELETE", path: this.#path });
        break;
    }
  }

  /** From here on nothing is heard of it, and the server is told to stop. */
  terminate(): void {
    this.#over.abort();
    this.#letGo();
  }

  async #run({ job, blobs, within }: ToRunner & { type: "run" }): Promise<void> {
    let end: End;
    this.#hear({ type: "waits", waits: true });
    try {
      await this.#send(blobs);
      await this.#place(job, within);
      end = await this.#follow();
    } catch (error) {
      end = this.#failed(error);
    }
    if (this.#over.signal.aborted) return;
    this.#over.abort();
    this.#letGo();
    try {
      this.#hear({ type: "finished", ...end });
    } catch (error) {
      this.#hear({ type: "finished", ...this.#failed(unread(error)) });
    }
    // The server keeps blobs by its own rule; the engine sends all that the next job needs.
    this.#hear({ type: "ready", dropped: true });
  }

  /** Sends the blobs that the server lacks. One that asks for others gets nothing. */
  async #send(blobs: [string, Uint8Array][]): Promise<void> {
    if (blobs.length === 0) return;
    const asked = JSON.stringify({ hashes: blobs.map(([hash]) => hash) });
    const { hashes } = parsed(await this.#insist({ method: "POST", path: "/blobs/missing", body: asked }, HASHES_BYTES_MAX));
    if (!Array.isArray(hashes)) throw broken("it lists no hashes");
    const lacking = new Set<unknown>(hashes);
    for (const [hash, bytes] of blobs) {
      if (lacking.has(hash)) await this.#insist({ method: "PUT", path: `/blobs/${hash}`, body: bytes as Uint8Array<ArrayBuffer> });
    }
  }

  async #place(job: string, within: string | undefined): Promise<void> {
    if (this.#isCancelled) throw new Failed("refused", { code: "CANCELLED", message: "The run was cancelled." });
    this.#isSent = true;
    await this.#insist({ method: "PUT", path: within === undefined ? this.#path : `${this.#path}?within=${within}`, body: job });
    // The word may have come before the job was there.
    if (this.#isCancelled) this.#say({ method: "DELETE", path: this.#path });
  }

  /** Follows what the job tells to its end, over as many connections as that takes. */
  async #follow(): Promise<End> {
    let lines = 0;
    let heardAt = performance.now();
    const heard = (): void => void (heardAt = performance.now());
    for (;;) {
      const since = heardAt;
      let last = new Failed("unheard", { code: "EXECUTOR_UNAVAILABLE", message: "it says nothing" });
      try {
        for await (const line of this.#listen(lines, heard)) {
          lines += 1;
          const end = await this.#take(line);
          if (end) return end;
        }
      } catch (error) {
        if (!(error instanceof Failed) || error.kind === "refused" || this.#isCancelled) throw error;
        last = error;
      }
      if (this.#over.signal.aborted || performance.now() - heardAt > ASKING_MS_MAX) throw last;
      if (heardAt === since) await pause();
    }
  }

  /** The lines of one connection, from a number on. One that is cut off by its end is asked for again. */
  async *#listen(from: number, heard: () => void): AsyncGenerator<string, void, undefined> {
    const room = new AbortController();
    const signal = AbortSignal.any([room.signal, this.#over.signal]);
    this.#makeRoom = () => room.abort();
    streams += 1;
    try {
      yield* linesOf(await this.#wire.ask({ method: "GET", path: `${this.#path}/news?from=${from}` }, signal), heard);
    } catch (error) {
      if (!room.signal.aborted) throw error;
    } finally {
      streams -= 1;
      this.#makeRoom = undefined;
      if (room.signal.aborted) await this.#words;
    }
  }

  /** Passes on what a line says; gives the end when it says that. */
  async #take(line: string): Promise<End | undefined> {
    const news = parsed(line);
    const raw = members(line);
    if (news["news"] === "started") {
      this.#hear({ type: "waits", waits: false });
      return undefined;
    }
    if (news["news"] === "reported") {
      try {
        this.#hear({ type: "called", report: raw.get("report") ?? "", body: fromBase64(String(news["body"] ?? "")) });
      } catch (error) {
        throw unread(error);
      }
      return undefined;
    }
    if (news["news"] !== "finished" || !Array.isArray(news["written"])) throw broken("a line says nothing that is known");
    const written: End["written"] = [];
    for (const hash of news["written"]) written.push([String(hash), await this.#fetch(String(hash))]);
    return { report: `{"kind":"finished","outcome":${raw.get("outcome")}}`, written };
  }

  /** A file that the job wrote. */
  async #fetch(hash: string): Promise<Uint8Array<ArrayBuffer>> {
    if (!/^[0-9a-f]{64}$/.test(hash)) throw broken("a file that the run wrote has no hash");
    const bytes = await this.#insist({ method: "GET", path: `/blobs/${hash}` }, BLOB_BYTES_MAX);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    if (found !== hash) throw broken("a file that the run wrote came with other bytes");
    return bytes;
  }

  /** Says something to the job. A word that does not get through is missed there, and the run's own limits end it. */
  #say(asked: Asked): void {
    this.#words = this.#words.then(async () => {
      if (this.#over.signal.aborted) return;
      if (streams > STREAMS_MAX) this.#makeRoom?.();
      await this.#wire.insist(asked, HASHES_BYTES_MAX, this.#over.signal, () => true).catch(() => undefined);
    });
  }

  #insist(asked: Asked, bytesMax = HASHES_BYTES_MAX): Promise<Uint8Array<ArrayBuffer>> {
    return this.#wire.insist(asked, bytesMax, this.#over.signal, () => !this.#isCancelled);
  }

  /** It is over, or nobody follows it any more: either way the server may let go of it. */
  #letGo(): void {
    if (this.#isSent) void this.#wire.insist({ method: "DELETE", path: this.#path }, HASHES_BYTES_MAX, new AbortController().signal, () => false).catch(() => undefined);
  }

  /** The end of a run of which nothing came. */
  #failed(error: unknown): End {
    const told = this.#isCancelled ? { code: "CANCELLED", message: "The run was cancelled." } : error instanceof Failed ? because(error, this.#wire.address) : { code: "INTERNAL", message: String(error) };
    return { report: JSON.stringify({ kind: "finished", outcome: { value: null, error: told, usage: {}, ops: [], artifacts: [], guest: "" } }), written: [] };
  }
}

/** Why a run came to nothing, in the words of its record. */
export function because({ kind, told }: Failed, address: string): Told {
  const code = "EXECUTOR_UNAVAILABLE";
  switch (kind) {
    case "absent":
      return told;
    case "unheard":
      return { code, message: `The executor at ${address} can't be reached: ${told.message}.`, hint: "Nothing of the run landed. Run the flow again when the server is there, or choose this browser under “Where runs run”." };
    case "full":
      return { code, message: `The executor at ${address} has no room: ${told.message}`, hint: "Nothing was run. Run the flow again later." };
    case "refused":
      return { code, message: `The executor at ${address} refuses: ${told.message}`, ...(told.hint === undefined ? {} : { hint: told.hint }) };
  }
}

/** What the engine can't read is the server's fault; a trap is ours. */
function unread(error: unknown): Error {
  if (error instanceof WebAssembly.RuntimeError) {
    reportError(error);
    return error;
  }
  return broken(error instanceof Error ? error.message : String(error));
}

function parsed(json: string | Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(typeof json === "string" ? json : new TextDecoder().decode(json));
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw broken("what it says is no JSON of an object");
}

function answered({ id, answer, body }: ToRunner & { type: "answer" }): string {
  const text = `{"id":${id},"answer":${answer},"body":"${toBase64(body)}"}`;
  if (text.length <= ANSWER_BYTES_MAX) return text;
  const error: Told = { code: "TOO_LARGE", message: `The answer has more than ${ANSWER_BYTES_MAX} bytes, which do not reach a remote executor.` };
  return JSON.stringify({ id, answer: { error } });
}

/** The lines of a body that were told to their end, without the empty ones. */
async function* linesOf(pieces: Pieces, heard: () => void): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  let told = 0;
  for await (const piece of pieces) {
    heard();
    const from = rest.length;
    rest += decoder.decode(piece, { stream: true });
    told += rest.length - from;
    if (told > TOLD_CHARS_MAX) throw broken("the run tells too much");
    let start = 0;
    for (let end = rest.indexOf("\n", from); end >= 0; end = rest.indexOf("\n", start)) {
      const line = rest.slice(start, end).trim();
      start = end + 1;
      if (line !== "") yield line;
    }
    rest = rest.slice(start);
  }
}
