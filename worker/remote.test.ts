import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeServer, SERVER, hashOf } from "./fake-server.ts";
import type { FromRunner } from "./protocol.ts";
import { RemoteRun } from "./remote.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const finished = (written: string[] = [], value = "1") => `{"news":"finished","outcome":{"value":${value},"error":null},"written":${JSON.stringify(written)}}`;

let server: FakeServer;
let heard: FromRunner[];
/** What was said of its place, apart from the rest. */
let waits: boolean[];
let run: RemoteRun;

const hear = (message: FromRunner): void => void (message.type === "waits" ? waits.push(message.waits) : heard.push(message));

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  vi.stubGlobal("fetch", server.fetch);
  heard = [];
  waits = [];
  run = new RemoteRun(SERVER, hear);
});

afterEach(() => {
  // What still listens would be counted in the next test.
  run.terminate();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const begin = (blobs: [string, Uint8Array][] = []) => run.postMessage({ type: "run", guest: "guest-js", job: '{"run":"r"}', memoryBytesMax: 0, blobs });
/** Waits until something holds, while the clock goes on. */
const until = (look: () => boolean, msMax = 60_000) => vi.waitFor(() => expect(look()).toBe(true), { timeout: msMax, interval: 50 });
const isOver = () => heard.some(({ type }) => type === "ready");
const asked = (what: string) => server.asked.includes(what);
/** How it ended. */
const end = () => {
  const last = heard.find((message) => message.type === "finished");
  return last?.type === "finished" ? (JSON.parse(last.report) as { outcome: { error: { code: string; message: string; hint?: string } } }).outcome.error : undefined;
};

describe("a run at a server", () => {
  test("sends what is missing, tells what is told, and brings what was written", async () => {
    const [here, lacking, made] = await Promise.all(["here", "lacking", "made"].map((text) => hashOf(bytes(text))));
    server.blobs.set(here!, bytes("here"));
    begin([[here!, bytes("here")], [lacking!, bytes("lacking")]]);
    await until(() => server.streams.length === 1);
    expect(server.asked).toEqual(["POST /blobs/missing", `PUT /blobs/${lacking}`, "PUT /jobs/ID", "GET /jobs/ID/news?from=0"]);
    expect(server.bodies[2]).toBe('{"run":"r"}');

    server.blobs.set(made!, bytes("made"));
    server.tell({ news: "started" });
    server.tell({ news: "reported", report: { kind: "logged", entries: ["grün"] } });
    server.tell({ news: "reported", report: { kind: "called", id: 7 }, body: btoa("body") });
    server.tell("");
    server.tell(finished([made!], "[12345678901234567890,-0]"));
    await until(isOver);
    expect(heard).toEqual([
      { type: "called", report: '{"kind":"logged","entries":["grün"]}', body: bytes("") },
      { type: "called", report: '{"kind":"called","id":7}', body: bytes("body") },
      { type: "finished", report: '{"kind":"finished","outcome":{"value":[12345678901234567890,-0],"error":null}}', written: [[made, bytes("made")]] },
      { type: "ready", dropped: true },
    ]);
    expect(server.asked.at(-1)).toBe("DELETE /jobs/ID");
  });

  test("waits until the server says that it runs, and names the run that waits for it", async () => {
    run.postMessage({ type: "run", guest: "guest-js", job: '{"run":"r"}', memoryBytesMax: 0, blobs: [], within: "outer" });
    await until(() => server.streams.length === 1);
    expect(server.asked[0]).toBe("PUT /jobs/ID?within=outer");
    expect(waits).toEqual([true]);
    server.tell({ news: "started" });
    await until(() => waits.length === 2);
    expect(waits).toEqual([true, false]);
  });

  test("at the program of the app asks where that is, once, before it sends anything, and waits meanwhile", async () => {
    const { port1, port2 } = new MessageChannel();
    const askers: MessagePort[] = [];
    port1.onmessage = ({ ports }) => void askers.push(...ports);
    run = new RemoteRun(port2, hear);
    begin();
    await until(() => askers.length === 1);
    expect([waits, server.asked]).toEqual([[true], []]);
    askers[0]!.postMessage({ ok: true, value: SERVER });
    await until(() => server.streams.length === 1);
    server.tell(finished());
    await until(isOver);
    expect([end(), askers.length]).toEqual([null, 1]);
    port1.close();
  });

  test("has failed in the app's own words where its program can't be started", async () => {
    const { port1, port2 } = new MessageChannel();
    const error = { code: "EXECUTOR_UNAVAILABLE", message: "It ended with 2.", hint: "Look why." };
    port1.onmessage = ({ ports: [asker] }) => asker?.postMessage({ ok: false, error });
    run = new RemoteRun(port2, hear);
    begin();
    await until(isOver);
    expect([end(), server.asked]).toEqual([error, []]);
    port1.close();
  });

  test("passes on answers, more and what holds the clock as they were written", async () => {
    begin();
    await until(() => server.streams.length === 1);
    run.postMessage({ type: "answer", id: 3, answer: '{"ok":[1.0,-0]}', body: bytes("x") });
    run.postMessage({ type: "more", limits: '{"fuelMax":9}' });
    run.postMessage({ type: "more", limits: null });
    run.postMessage({ type: "hold", held: true });
    await until(() => server.asked.length === 6);
    expect(server.asked.slice(2)).toEqual(["POST /jobs/ID/answer", "POST /jobs/ID/more", "POST /jobs/ID/more", "POST /jobs/ID/hold"]);
    expect(server.bodies.slice(2)).toEqual(['{"id":3,"answer":{"ok":[1.0,-0]},"body":"eA=="}', '{"number":1,"limits":{"fuelMax":9}}', '{"number":2,"limits":null}', '{"held":true}']);
    expect(server.streams).toHaveLength(1);
  });

  test("tells the run instead of an answer that is larger than the server takes", async () => {
    begin();
    await until(() => server.streams.length === 1);
    run.postMessage({ type: "answer", id: 3, answer: '{"ok":null}', body: new Uint8Array(26 * 1024 * 1024) });
    await until(() => asked("POST /jobs/ID/answer"));
    expect(JSON.parse(server.bodies.at(-1)!)).toMatchObject({ id: 3, answer: { error: { code: "TOO_LARGE" } } });
  });

  test("asks for the rest when a connection breaks, and hears nothing twice", async () => {
    begin();
    await until(() => server.streams.length === 1);
    server.tell({ news: "started" });
    server.tell({ news: "reported", report: { kind: "logged" } });
    await until(() => heard.length === 1);
    server.breaks();
    await until(() => server.streams.length === 2);
    expect(asked("GET /jobs/ID/news?from=2")).toBe(true);
    server.tell(finished());
    await until(isOver);
    expect(heard.map(({ type }) => type)).toEqual(["called", "finished", "ready"]);
  });

  test("survives a server that is away for less than 20 s", async () => {
    begin();
    await until(() => server.streams.length === 1);
    server.failing = "gone";
    server.breaks();
    await vi.advanceTimersByTimeAsync(18_000);
    expect(heard).toEqual([]);
    server.failing = undefined;
    await until(() => server.streams.length === 2);
    server.tell(finished());
    await until(isOver);
    expect(end()).toBeNull();
  });

  test("has failed when the server is away for longer, and says what to do", async () => {
    begin();
    await until(() => server.streams.length === 1);
    server.failing = "gone";
    server.breaks();
    await vi.advanceTimersByTimeAsync(19_000);
    expect(heard).toEqual([]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(end()).toMatchObject({ code: "EXECUTOR_UNAVAILABLE", message: "The executor at https://runs.example/selvage can't be reached: Failed to fetch." });
    expect(end()?.hint).toContain("Nothing of the run landed");
    expect(heard.at(-1)).toEqual({ type: "ready", dropped: true });
  });

  test("has failed when nothing is heard although there is a connection", async () => {
    begin();
    await until(() => server.streams.length === 1);
    await vi.advanceTimersByTimeAsync(40_000);
    await until(isOver);
    expect(end()?.code).toBe("EXECUTOR_UNAVAILABLE");
    expect(end()?.message).toContain("nothing was heard for 15 s");
  });

  test("has failed when the server hangs up again and again without a word", async () => {
    begin();
    await until(() => server.streams.length === 1);
    const hangUp = setInterval(() => {
      try {
        server.streams.at(-1)?.close();
      } catch {
        // It is closed already.
      }
    }, 10);
    await vi.advanceTimersByTimeAsync(22_000);
    clearInterval(hangUp);
    expect(end()?.code).toBe("EXECUTOR_UNAVAILABLE");
    expect(server.streams.length, "it pauses before it asks again").toBeLessThan(60);
  });

  test("ends at once where the server refuses, and asks again where it has no room", async () => {
    server.failing = { status: 401, body: '{"code":"POLICY_DENIED","message":"this key may not run jobs here.","hint":"Ask for one."}' };
    begin();
    await until(isOver);
    expect(end()).toEqual({ code: "EXECUTOR_UNAVAILABLE", message: "The executor at https://runs.example/selvage refuses: this key may not run jobs here.", hint: "Ask for one." });
    expect(server.asked.filter((what) => what.startsWith("PUT"))).toHaveLength(1);

    server.failing = { status: 429, body: '{"code":"EXECUTOR_UNAVAILABLE","message":"the queue is full."}' };
    heard = [];
    run = new RemoteRun(SERVER, hear);
    begin();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(heard).toEqual([]);
    server.failing = undefined;
    await until(() => server.streams.length === 1);
    server.tell(finished());
    await until(isOver);
    expect(end()).toBeNull();
  });

  test("has failed when the server was started anew and does not know it", async () => {
    begin();
    await until(() => server.streams.length === 1);
    server.jobs.clear();
    server.breaks();
    await until(isOver);
    expect(end()).toMatchObject({ code: "EXECUTOR_UNAVAILABLE", message: "The executor at https://runs.example/selvage refuses: there is no such job." });
  });

  test("is cancelled at the server, and ends as that says", async () => {
    begin();
    await until(() => server.streams.length === 1);
    run.postMessage({ type: "cancel" });
    await until(() => asked("DELETE /jobs/ID"));
    expect(heard).toEqual([]);
    server.tell('{"news":"finished","outcome":{"error":{"code":"CANCELLED"}},"written":[]}');
    await until(isOver);
    expect(end()?.code).toBe("CANCELLED");
  });

  test("is cancelled without the server when that is gone, and never sent when it was cancelled before", async () => {
    begin();
    await until(() => server.streams.length === 1);
    server.failing = "gone";
    run.postMessage({ type: "cancel" });
    server.breaks();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(end()?.code).toBe("CANCELLED");

    heard = [];
    server = new FakeServer();
    vi.stubGlobal("fetch", server.fetch);
    run = new RemoteRun(SERVER, hear);
    begin([["00".repeat(32), bytes("x")]]);
    run.postMessage({ type: "cancel" });
    await until(isOver);
    expect(end()?.code).toBe("CANCELLED");
    expect(asked("PUT /jobs/ID")).toBe(false);
  });

  test("is silent once it was ended by force, and the server hears of that", async () => {
    begin();
    await until(() => server.streams.length === 1);
    run.terminate();
    await until(() => asked("DELETE /jobs/ID"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(heard).toEqual([]);
  });

  test("believes no server that does not keep to the protocol", async () => {
    const hash = await hashOf(bytes("good"));
    const lines = [
      "no JSON",
      "null",
      '{"news":"reported","report":{},"body":"*"}',
      '{"news":"unheard of"}',
      '{"news":"finished","outcome":{}}',
      finished(["../jobs/other"]),
      finished([hash]),
    ];
    for (const line of lines) {
      heard = [];
      server = new FakeServer();
      server.blobs.set(hash, bytes("evil"));
      vi.stubGlobal("fetch", server.fetch);
      run = new RemoteRun(SERVER, hear);
      begin();
      await until(() => server.streams.length === 1);
      server.tell(line);
      await until(isOver);
      expect(end(), line).toMatchObject({ code: "EXECUTOR_UNAVAILABLE" });
      expect(end()?.message, line).toContain("does not keep to the protocol");
      expect(heard.filter(({ type }) => type !== "finished" && type !== "ready"), line).toEqual([]);
    }
  });

  test("that the engine can't read has failed, and says so once", async () => {
    const refused: string[] = [];
    run = new RemoteRun(SERVER, (message) => {
      if (message.type === "finished" && message.report.includes('"value":1')) {
        refused.push(message.report);
        throw new Error("missing field");
      }
      hear(message);
    });
    begin();
    await until(() => server.streams.length === 1);
    server.tell(finished());
    await until(isOver);
    expect(refused).toHaveLength(1);
    expect(heard.map(({ type }) => type)).toEqual(["finished", "ready"]);
    expect(end()?.message).toContain("does not keep to the protocol: missing field");
  });

  test("leaves a connection for its answers, where many runs listen", async () => {
    const others = [1, 2, 3].map(() => new RemoteRun(SERVER, () => undefined));
    for (const other of others) other.postMessage({ type: "run", guest: "guest-js", job: "{}", memoryBytesMax: 0, blobs: [] });
    await until(() => server.streams.length === 3);
    begin();
    await until(() => server.streams.length === 4);
    run.postMessage({ type: "answer", id: 1, answer: '{"ok":null}', body: bytes("") });
    await until(() => server.streams.length === 5);
    expect(server.asked.slice(-2)).toEqual(["POST /jobs/ID/answer", "GET /jobs/ID/news?from=0"]);
    server.tell(finished());
    await until(isOver);
    expect(end()).toBeNull();
    for (const other of others) other.terminate();
  });
});
