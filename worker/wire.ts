// One exchange after the other with a server that runs jobs (`docs/design-jobs.md`). What goes wrong is a `Failed`.

import type { JobServer, JobPlace } from "./client-messages.ts";

/** How long the head of an answer may take, and how long a body may be silent: a server says every 10 s that it is there. */
const SILENCE_MS_MAX = 15_000;
/** What is sent may take longer: so many bytes a millisecond get through. */
const SENT_BYTES_A_MS = 16;
/** How long a server that is not there, or has no room, is asked again before the run has failed. */
export const ASKING_MS_MAX = 20_000;
/** The pause before it is asked again. */
const PAUSE_MS = 500;
/** The most bytes of a refusal that are read. */
const REFUSAL_BYTES_MAX = 64 * 1024;

/** A tool's error. */
export interface Told {
  code: string;
  message: string;
  hint?: string;
}

/** Why an exchange came to nothing: the app's program is not there, nobody answered to the end, the server has no room now, or it refuses. */
export class Failed extends Error {
  constructor(
    readonly kind: "absent" | "unheard" | "full" | "refused",
    readonly told: Told,
    readonly status = 0,
  ) {
    super(told.message);
  }
}

/** What no server that keeps to the protocol says. */
export const broken = (what: string): Failed => new Failed("refused", { code: "EXECUTOR_UNAVAILABLE", message: `It does not keep to the protocol: ${what}.` });

const unheard = (error: unknown): Failed =>
  error instanceof Failed ? error : new Failed("unheard", { code: "EXECUTOR_UNAVAILABLE", message: error instanceof Error ? error.message : String(error) });

/** What is asked. */
export interface Asked {
  method: "GET" | "POST" | "PUT" | "DELETE";
  path: string;
  body?: string | Uint8Array<ArrayBuffer>;
  /** Whether it goes without the key. */
  keyless?: boolean;
}

/** The pieces of an answer's body. */
export type Pieces = AsyncGenerator<Uint8Array, void, undefined>;

export class Wire {
  readonly #place: JobPlace;
  #server: JobServer | undefined;

  constructor(place: JobPlace) {
    this.#place = place;
  }

  get address(): string {
    return this.#server?.address ?? "this computer";
  }

  /** Asks once. It goes to one host only and takes no cookies along. */
  async ask({ method, path, body, keyless = false }: Asked, signal: AbortSignal): Promise<Pieces> {
    // To the end at the one where it began: of a run, another one knows nothing.
    const server = (this.#server ??= await serverAt(this.#place));
    const patience = new Patience();
    patience.wait(SILENCE_MS_MAX + (body?.length ?? 0) / SENT_BYTES_A_MS);
    let response: Response;
    try {
      response = await fetch(`${server.address}${path}`, {
        method,
        body: body ?? null,
        headers: keyless ? {} : { authorization: `Bearer ${server.key}` },
        redirect: "manual",
        credentials: "omit",
        referrerPolicy: "no-referrer",
        cache: "no-store",
        signal: AbortSignal.any([signal, patience.signal]),
      });
    } catch (error) {
      patience.end();
      throw unheard(error);
    }
    const pieces = piecesOf(response, patience);
    if (response.ok) return pieces;
    throw await refusal(response, pieces);
  }

  /** Asks until there is an answer of so many bytes at the most, as long as that makes sense. */
  async insist(asked: Asked, bytesMax: number, signal: AbortSignal, goesOn: () => boolean): Promise<Uint8Array<ArrayBuffer>> {
    const end = performance.now() + ASKING_MS_MAX;
    for (;;) {
      try {
        return await whole(await this.ask(asked, signal), bytesMax);
      } catch (error) {
        const failed = unheard(error);
        if (failed.kind === "absent" || failed.kind === "refused" || signal.aborted || !goesOn() || performance.now() >= end) throw failed;
      }
      await pause();
    }
  }
}

/** The server of a place. The app is asked for its program's, which it starts where it is not there. */
function serverAt(place: JobPlace): JobServer | Promise<JobServer> {
  if (!(place instanceof MessagePort)) return place;
  return new Promise((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<{ ok: true; value: JobServer } | { ok: false; error: Told }>) => {
      port1.close();
      if (data.ok) resolve(data.value);
      else reject(new Failed("absent", data.error));
    };
    place.postMessage(null, [port2]);
  });
}

/** Before the server is asked again. */
export const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

/** Ends what says nothing for too long. */
class Patience {
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  wait(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(new Error(`nothing was heard for ${Math.round(ms / 1000)} s`)), ms);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

async function* piecesOf(response: Response, patience: Patience): Pieces {
  const reader = response.body?.getReader();
  try {
    for (;;) {
      patience.wait(SILENCE_MS_MAX);
      const { done, value } = (await reader?.read()) ?? { done: true };
      if (done) return;
      yield value as Uint8Array;
    }
  } catch (error) {
    throw unheard(error);
  } finally {
    patience.end();
    // Whoever stops listening lets go of the connection.
    void reader?.cancel().catch(() => undefined);
  }
}

/** All of a body. */
export async function whole(pieces: Pieces, bytesMax: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    length += piece.length;
    if (length > bytesMax) throw broken(`an answer has more than ${bytesMax} bytes`);
    parts.push(piece);
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

async function refusal(response: Response, pieces: Pieces): Promise<Failed> {
  const { status } = response;
  let told: Told = { code: "EXECUTOR_UNAVAILABLE", message: status === 0 ? "It leads to another address." : `It answers with ${status}.` };
  try {
    const said: unknown = JSON.parse(new TextDecoder().decode(await whole(pieces, REFUSAL_BYTES_MAX)));
    if (isTold(said)) told = { code: said.code, message: said.message, ...(typeof said.hint === "string" ? { hint: said.hint } : {}) };
  } catch {
    // What it says besides its status is none of ours.
  }
  const kind = status === 429 || status === 503 ? "full" : status === 408 || status === 502 || status === 504 ? "unheard" : "refused";
  return new Failed(kind, told, status);
}

const isTold = (said: unknown): said is Told => {
  const { code, message } = (said ?? {}) as Partial<Told>;
  return typeof code === "string" && typeof message === "string";
};
