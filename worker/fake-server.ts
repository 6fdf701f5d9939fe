// A server that runs jobs, for tests: it keeps what it is sent, tells what the test has it tell, and can be gone.

import type { JobServer } from "./client-messages.ts";

export const SERVER: JobServer = { address: "https://runs.example/selvage", key: "a secret" };

export const hashOf = async (bytes: Uint8Array): Promise<string> => {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.slice()));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};

export class FakeServer {
  /** Every request: its method and path, and its body as text. */
  asked: string[] = [];
  bodies: string[] = [];
  blobs = new Map<string, Uint8Array<ArrayBuffer>>();
  lines: string[] = [];
  /** How requests fail until that is changed: as if nobody were there, or with a status. */
  failing: "gone" | { status: number; body?: string } | undefined;
  /** Whether the job is over once its lines are told; it goes on otherwise. */
  streams: ReadableStreamDefaultController<Uint8Array>[] = [];
  jobs = new Set<string>();

  readonly fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const path = url.slice(SERVER.address.length);
    const method = init.method ?? "GET";
    if (!url.startsWith(SERVER.address) || new Headers(init.headers).get("authorization") !== "Bearer a secret") throw new Error(`asked openly: ${url}`);
    if (init.redirect !== "manual" || init.credentials !== "omit") throw new Error("it would follow, or take cookies along");
    this.asked.push(`${method} ${path.replace(/^\/jobs\/[0-9a-f-]{36}/, "/jobs/ID")}`);
    this.bodies.push(typeof init.body === "string" ? init.body : "");
    await Promise.resolve();
    if (this.failing === "gone") throw new TypeError("Failed to fetch");
    if (this.failing) return new Response(this.failing.body ?? "", { status: this.failing.status });
    return this.#answer(method, path, init);
  };

  async #answer(method: string, path: string, init: RequestInit): Promise<Response> {
    const [, kind, name = "", more] = path.split(/[/?]/);
    if (path === "/blobs/missing") {
      const { hashes } = JSON.parse(init.body as string) as { hashes: string[] };
      return Response.json({ hashes: hashes.filter((hash) => !this.blobs.has(hash)) });
    }
    if (kind === "blobs" && method === "PUT") this.blobs.set(name, new Uint8Array(await new Response(init.body as BodyInit).arrayBuffer()));
    if (kind === "blobs" && method === "GET") return new Response(this.blobs.get(name) ?? null, { status: this.blobs.has(name) ? 200 : 404 });
    if (kind === "jobs" && method === "PUT") this.jobs.add(name);
    if (more === "news") {
      if (!this.jobs.has(name)) return new Response(JSON.stringify({ code: "NOT_FOUND", message: "there is no such job." }), { status: 404 });
      const from = Number(path.split("from=")[1]);
      return new Response(this.#stream(from, init.signal ?? undefined));
    }
    return new Response(null, { status: 204 });
  }

  #stream(from: number, signal: AbortSignal | undefined): ReadableStream<Uint8Array> {
    return new ReadableStream({
      start: (controller) => {
        this.streams.push(controller);
        signal?.addEventListener("abort", () => controller.error(signal.reason));
        for (const line of this.lines.slice(from)) this.#send(controller, line);
      },
    });
  }

  #send(controller: ReadableStreamDefaultController<Uint8Array>, line: string): void {
    const bytes = new TextEncoder().encode(`${line}\n`);
    // Connections cut where they like, within a character, too.
    const cut = Math.floor(bytes.length / 2);
    controller.enqueue(bytes.subarray(0, cut));
    controller.enqueue(bytes.subarray(cut));
  }

  /** The job tells one line more. */
  tell(line: unknown): void {
    const text = typeof line === "string" ? line : JSON.stringify(line);
    this.lines.push(text);
    const last = this.streams.at(-1);
    if (last) this.#send(last, text);
  }

  /** The newest connection breaks in the middle of a line. */
  breaks(): void {
    const last = this.streams.at(-1);
    last?.enqueue(new TextEncoder().encode('{"news":"repor'));
    last?.close();
  }
}
