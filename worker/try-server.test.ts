import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { tryServer } from "./try-server.ts";

const SERVER = { address: "https://runs.example", key: "a secret" };

/** What the server answers to each path, and what it was asked. */
let answers: Record<string, () => Response>;
let asked: [path: string, key: string | null][];

beforeEach(() => {
  answers = { "/healthz": () => new Response("well\n"), "/blobs/missing": () => Response.json({ hashes: [] }) };
  asked = [];
  vi.stubGlobal("self", { location: { origin: "https://page.example" } });
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const path = url.slice(SERVER.address.length);
    asked.push([path, new Headers(init.headers).get("authorization")]);
    return answers[path]?.() ?? new Response(null, { status: 404 });
  });
});

afterEach(() => void vi.unstubAllGlobals());

test("a server that is well and takes the key would run jobs", async () => {
  expect(await tryServer(SERVER)).toEqual({ ok: true, value: null });
  expect(asked).toEqual([["/healthz", null], ["/blobs/missing", "Bearer a secret"]]);
});

test("what keeps it from running jobs is said, with what to do", async () => {
  const status = (status: number, body = "") => () => new Response(body, { status });
  const gone = () => {
    throw new TypeError("Failed to fetch");
  };
  const words = async () => {
    const result = await tryServer(SERVER);
    return result.ok ? [] : [result.error.message, result.error.hint];
  };
  answers["/healthz"] = gone;
  expect(await words()).toEqual([expect.stringContaining("can't reach a server"), expect.stringContaining("`--origin https://page.example`")]);
  expect(asked, "what is no server never sees the key").toEqual([["/healthz", null]]);
  answers["/healthz"] = () => Object.defineProperties(new Response(), { status: { value: 0 }, ok: { value: false }, type: { value: "opaqueredirect" } });
  expect(await words()).toEqual([expect.stringContaining("leads to another address"), expect.stringContaining("trust")]);
  answers["/healthz"] = status(404);
  expect(await words()).toEqual([expect.stringContaining("runs no jobs"), expect.stringContaining("address is right")]);
  answers["/healthz"] = status(503, "the storage failed\n");
  expect(await words()).toEqual([expect.stringContaining("can't take runs now"), "Try again later."]);
  answers = { "/healthz": status(200), "/blobs/missing": status(401) };
  expect(await words()).toEqual([expect.stringContaining("does not take this key"), expect.stringContaining("Ask whoever runs it")]);
  answers["/blobs/missing"] = status(404);
  expect(await words()).toEqual([expect.stringContaining("runs no jobs"), expect.stringContaining("--jobs")]);
  answers["/blobs/missing"] = status(400, '{"code":"INVALID_INPUT","message":"the message is broken.","hint":"Mend it."}');
  expect(await words()).toEqual(["The server at https://runs.example refuses: the message is broken.", "Mend it."]);
});
