// Fetches against real servers of this machine. It has two names, which are two domains to a grant.

/// <reference types="node" />

import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { initSync } from "@wasm/kernel/kernel.js";
import { performFetch, type FetchEffect } from "./net.ts";
import { built } from "./real-guests.ts";

const BYTES = Uint8Array.from({ length: 70_000 }, (_, at) => at);

let server: Server;
/** What came in, under which name of this machine, and with which body. */
let came: { request: IncomingMessage; name: string; body: Buffer }[];
/** Resolves when an answer was broken off by whoever asked. */
let brokenOff: Promise<void>;

const answers: Record<string, RequestListener> = {
  "/echo": (_, response) => response.writeHead(201, "Made", { "x-said": "yes", "content-type": "application/octet-stream" }).end(BYTES),
  "/near": (_, response) => response.writeHead(302, { location: "/echo" }).end(),
  "/far": (_, response) => response.writeHead(302, { location: `${at("127.0.0.1")}/echo` }).end(),
  "/there-and-back": (_, response) => response.writeHead(307, { location: `${at("127.0.0.1")}/home` }).end(),
  "/home": (_, response) => response.writeHead(302, { location: `${at("localhost")}/echo` }).end(),
  "/round": (_, response) => response.writeHead(302, { location: "/round" }).end(),
  "/silent": () => {},
  "/endless": (_, response) => {
    const more = () => response.destroyed || response.write(BYTES, more);
    more();
  },
  "/stops": (_, response) => response.write("some"),
  "/empty": (_, response) => response.writeHead(204).end(),
};

const at = (name: string) => `http://${name}:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  initSync({ module: new WebAssembly.Module(built("kernel/kernel_bg.wasm")) });
  server = createServer(async (request, response) => {
    brokenOff = new Promise((resolve) => response.once("close", () => response.writableEnded || resolve()));
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    came.push({ request, name: request.headers.host!.split(":")[0]!, body: Buffer.concat(parts) });
    answers[request.url!]!(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => void (came = []));

async function ask(path: string, more: Partial<FetchEffect> = {}, signal = new AbortController().signal) {
  const url = `${at("localhost")}${path}`;
  const effect: FetchEffect = { url, method: "GET", headers: [], body: new Uint8Array(), bytesMax: 100_000, timeMsMax: 5_000, domains: ["localhost"], secrets: [], ...more };
  const { ok, result, body } = await performFetch(effect, () => expect.unreachable(), signal);
  return { ok, body, ...(JSON.parse(result) as Record<string, unknown>) } as { ok: boolean; body: Uint8Array } & Record<string, any>;
}

test("method, headers and a binary body go out as they are, and status, headers and bytes come back", async () => {
  const body = Uint8Array.of(0, 255, 10, 13, 128);
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    const answer = await ask("/echo", { method, headers: [["X-Mine", "kept"], ["Content-Type", "a/b"]], body });
    expect(answer).toMatchObject({ ok: true, status: 201, statusText: "Made", redirected: false, url: `${at("localhost")}/echo` });
    expect(answer.headers).toContainEqual(["x-said", "yes"]);
    expect(Buffer.compare(answer.body, BYTES), "every byte").toBe(0);
    const { request, body: sent } = came.pop()!;
    expect([request.method, request.headers["x-mine"], request.headers["content-type"]]).toEqual([method, "kept", "a/b"]);
    expect([...sent]).toEqual([...body]);
  }
  expect((await ask("/empty")).body).toEqual(new Uint8Array());
});

test("a GET and a HEAD carry no body, and nobody's cookies or address go along", async () => {
  for (const method of ["GET", "HEAD"]) {
    const { ok, body } = await ask("/echo", { method, body: Uint8Array.of(1) });
    expect([ok, body.length]).toEqual([true, method === "HEAD" ? 0 : BYTES.length]);
    const { request, body: sent } = came.pop()!;
    expect([request.method, sent.length, request.headers.cookie, request.headers.referer]).toEqual([method, 0, undefined, undefined]);
  }
});

test("a redirect is followed where the grant covers its end, whatever lay between", async () => {
  expect(await ask("/near")).toMatchObject({ ok: true, status: 201, redirected: true, url: `${at("localhost")}/echo` });
  expect(await ask("/there-and-back")).toMatchObject({ ok: true, status: 201, redirected: true });
  expect(await ask("/far", { domains: ["localhost", "127.0.0.1"] })).toMatchObject({ ok: true, url: `${at("127.0.0.1")}/echo` });
});

test("a redirect that ends at a domain that was not granted is refused, and its answer is dropped", async () => {
  for (const domains of [["localhost"], ["*.localhost", "example.com"], []]) {
    const answer = await ask("/far", { domains });
    expect(answer).toMatchObject({ ok: false, code: "POLICY_DENIED" });
    expect(answer.message).toContain("`127.0.0.1`");
    expect(answer.hint).toContain("allowNet");
    expect(answer.body.length).toBe(0);
  }
  expect(came.pop()!.name, "the browser had followed it").toBe("127.0.0.1");
});

test("a request that carries something follows no redirect", async () => {
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    expect(await ask("/near", { method })).toMatchObject({ ok: false, code: "FETCH_FAILED" });
  }
  expect(came.map(({ request }) => request.url)).toEqual(["/near", "/near", "/near", "/near"]);
  expect(await ask("/round")).toMatchObject({ ok: false, code: "FETCH_FAILED" });
});

test("an answer of exactly the limit is read, one byte more is refused", async () => {
  expect((await ask("/echo", { bytesMax: BYTES.length })).body.length).toBe(BYTES.length);
  const answer = await ask("/echo", { bytesMax: BYTES.length - 1 });
  expect(answer).toMatchObject({ ok: false, code: "QUOTA_FETCHES" });
  expect(answer.hint).toContain("fetchBytesMax");
  expect(answer.body.length).toBe(0);
});

test("an answer without an end is broken off at its limit", async () => {
  expect(await ask("/endless")).toMatchObject({ ok: false, code: "QUOTA_FETCHES" });
  await brokenOff;
});

test("time bounds the wait for an answer and the reading of it, and the server is let go", async () => {
  for (const path of ["/silent", "/stops"]) {
    const answer = await ask(path, { timeMsMax: 100 });
    expect(answer, path).toMatchObject({ ok: false, code: "FETCH_FAILED" });
    expect(answer.message).toContain("no answer within 100 ms");
    await brokenOff;
  }
});

test("a fetch that nobody waits for any more is broken off, and the server is let go", async () => {
  for (const path of ["/silent", "/stops", "/endless"]) {
    const breaker = new AbortController();
    const asked = ask(path, { bytesMax: Number.MAX_SAFE_INTEGER, timeMsMax: 60_000 }, breaker.signal);
    await vi.waitFor(() => expect(came.at(-1)?.request.url).toBe(path));
    await new Promise((resolve) => setTimeout(resolve, 50));
    breaker.abort();
    expect(await asked, path).toMatchObject({ ok: false, code: "FETCH_FAILED" });
    await brokenOff;
  }
  expect(await ask("/echo", {}, AbortSignal.abort())).toMatchObject({ ok: false });
  expect(came.at(-1)!.request.url, "it is not even asked").toBe("/endless");
});

test("an address where nobody answers says what to look at", async () => {
  const answer = await ask("", { url: "http://localhost:1/" });
  expect(answer).toMatchObject({ ok: false, code: "FETCH_FAILED" });
  expect(answer.message).toContain("http://localhost:1/");
  expect(answer.hint).toContain("CORS");
});
