import { expect, test, vi } from "vitest";
import type { FetchAnswer, FetchEffect } from "./net.ts";
import { Locker } from "./secrets.ts";
import type { SecretsStore } from "./secrets.ts";

/** Stands for `crates/secrets`: a file is the list behind its passphrase, and a value stands in plain in a request. */
vi.mock("@wasm/secrets/secrets.js", () => {
  class Secrets {
    constructor(
      readonly passphrase: string,
      readonly values: Record<string, string>,
    ) {}
    static create = (passphrase: string) => new Secrets(passphrase, {});
    static open(file: Uint8Array, passphrase: string): Secrets {
      const [kept, values] = JSON.parse(new TextDecoder().decode(file)) as [string, Record<string, string>];
      if (kept !== passphrase) throw new Error(JSON.stringify({ code: "FETCH_FAILED", message: "The passphrase is another one." }));
      return new Secrets(passphrase, values);
    }
    again = (file: Uint8Array) => Secrets.open(file, this.passphrase);
    seal = () => new TextEncoder().encode(JSON.stringify([this.passphrase, this.values]));
    put = (name: string, value: string) => void (this.values[name] = value);
    remove = (name: string) => delete this.values[name];
    list = () => JSON.stringify(Object.keys(this.values).map((name) => ({ name, domains: ["a.org"] })));
    rekeyed = (passphrase: string) => new Secrets(passphrase, this.values);
    dress(references: string, url: string, headers: string, body: Uint8Array) {
      let [dressed, carries] = [headers, false];
      for (const { placeholder, name } of JSON.parse(references) as FetchEffect["secrets"]) {
        const value = this.values[name];
        if (value === undefined) throw new Error(JSON.stringify({ code: "FETCH_FAILED", message: `This device has no secret \`${name}\`.` }));
        carries ||= dressed.includes(placeholder);
        dressed = dressed.replaceAll(placeholder, value);
      }
      return { url: `${url}#dressed`, headers: dressed, body, carries, free: () => undefined };
    }
    redact = (_: string, fetched: string, body: Uint8Array) => ({ fetched: this.#clean(fetched), body: new TextEncoder().encode(this.#clean(new TextDecoder().decode(body))), free: () => undefined });
    redact_failure = (_: string, __: string, why: string) => this.#clean(why);
    isFree = false;
    free = () => void (this.isFree = true);
    #clean = (text: string) => Object.entries(this.values).reduce((rest, [name, value]) => rest.replaceAll(value, `[secret ${name}]`), text);
  }
  return { default: () => Promise.resolve(), Secrets };
});
vi.mock("@wasm/secrets/secrets_bg.wasm?url", () => ({ default: "" }));
vi.mock("@wasm/kernel/kernel.js", () => ({ covers_domain: () => true }));
vi.stubGlobal("navigator", { locks: { request: (_: string, act: () => unknown) => act() } });

class Kept implements SecretsStore {
  file: Uint8Array | undefined;
  read = () => Promise.resolve(this.file);
  write = (file: Uint8Array | undefined) => Promise.resolve(void (this.file = file));
}

const effect = (names: string[]): FetchEffect => ({
  url: "https://a.org/",
  method: "GET",
  headers: [["x-key", names.map((name) => `<${name}>`).join("")]],
  body: new Uint8Array(),
  bytesMax: 1,
  timeMsMax: 1,
  domains: ["a.org"],
  secrets: names.map((name) => ({ placeholder: `<${name}>`, name })),
});

/** A server that repeats the request. */
const echo = (sent: FetchEffect, carries: boolean): Promise<FetchAnswer> =>
  Promise.resolve({ ok: true, result: JSON.stringify({ url: sent.url, headers: sent.headers, carries }), body: new TextEncoder().encode(JSON.stringify(sent.headers)) });

async function begun(store = new Kept()): Promise<Locker> {
  const locker = new Locker(store, () => undefined);
  await locker.act({ do: "begin", passphrase: "long enough" });
  await locker.act({ do: "set", name: "billing", value: "sk_live_1", domains: ["a.org"], places: ["header"] });
  return locker;
}

test("a fetch carries a secret, and its answer and address tell none", async () => {
  const locker = await begun();
  let sent: unknown;
  const answer = await locker.perform(effect(["billing"]), (given, carries) => ((sent = given.headers), echo(given, carries)));
  expect(sent).toEqual([["x-key", "sk_live_1"]]);
  expect(JSON.parse(answer.result)).toEqual({ url: "https://a.org/", headers: [["x-key", "[secret billing]"]], carries: true });
  expect(new TextDecoder().decode(answer.body)).toBe('[["x-key","[secret billing]"]]');
});

test("why a fetch failed tells no secret either", async () => {
  const locker = await begun();
  const fails = (): Promise<FetchAnswer> => Promise.resolve({ ok: false, result: "no route to sk_live_1", body: new Uint8Array() });
  expect((await locker.perform(effect(["billing"]), fails)).result).toBe("no route to [secret billing]");
});

test("a fetch waits for a person to unlock, and says so once for each name", async () => {
  const store = new Kept();
  await begun(store);
  const wanted: string[][] = [];
  const locker = new Locker(store, (names) => void wanted.push(names));
  const answer = locker.perform(effect(["billing", "billing"]), echo);
  await vi.waitFor(() => expect(wanted).toEqual([["billing"]]));
  expect(await locker.act({ do: "unlock", passphrase: "another one" })).toMatchObject({ ok: false, error: { code: "INVALID_INPUT" } });
  expect(await locker.act({ do: "unlock", passphrase: "long enough" })).toMatchObject({ ok: true });
  expect((await answer).ok).toBe(true);
});

test("a fetch that nobody unlocks for fails after a minute, and one of a device without secrets at once", async () => {
  vi.useFakeTimers();
  const store = new Kept();
  await begun(store);
  const waiting = new Locker(store, () => undefined).perform(effect(["billing"]), echo);
  await vi.advanceTimersByTimeAsync(60_001);
  expect(await waiting).toMatchObject({ ok: false, result: expect.stringContaining("are locked") as string });
  vi.useRealTimers();
  const none = await new Locker(new Kept(), () => undefined).perform(effect(["billing"]), echo);
  expect(none.result).toContain("keeps no secrets");
});

test("two tabs change one list, and a new passphrase locks the other tab", async () => {
  const store = new Kept();
  const [one, other] = [await begun(store), new Locker(store, () => undefined)];
  await other.act({ do: "unlock", passphrase: "long enough" });
  await other.act({ do: "set", name: "bank", value: "12345678", domains: ["a.org"], places: ["header"] });
  const names = async (locker: Locker) => ((await locker.act({ do: "look" })) as { value: { secrets: { name: string }[] | null } }).value.secrets?.map(({ name }) => name);
  expect(await names(one)).toEqual(["billing", "bank"]);
  await one.act({ do: "remove", name: "billing" });
  expect(await names(other)).toEqual(["bank"]);
  await one.act({ do: "rekey", passphrase: "a better one" });
  expect(await names(other)).toBe(undefined);
  expect(await other.act({ do: "set", name: "x", value: "y", domains: [], places: [] })).toMatchObject({ ok: false });
  await other.act({ do: "unlock", passphrase: "a better one" });
  await other.act({ do: "forget" });
  expect(store.file).toBe(undefined);
  expect(await one.act({ do: "look" })).toEqual({ ok: true, value: { kept: false, secrets: null } });
});

test("nothing is kept over a list that is there", async () => {
  const store = new Kept();
  const locker = await begun(store);
  expect(await locker.act({ do: "begin", passphrase: "another one" })).toMatchObject({ ok: false });
  await locker.act({ do: "lock" });
  expect(await locker.act({ do: "begin", passphrase: "another one" })).toMatchObject({ ok: false });
  expect(await locker.act({ do: "unlock", passphrase: "long enough" })).toMatchObject({ ok: true });
});

test("a fetch that goes on while they are locked is cleaned by what it was sent with", async () => {
  const locker = await begun();
  let answers: (() => void) | undefined;
  const answer = locker.perform(effect(["billing"]), async (sent, carries) => {
    await new Promise<void>((resolve) => (answers = resolve));
    return echo(sent, carries);
  });
  await vi.waitFor(() => expect(answers).toBeDefined());
  await locker.act({ do: "lock" });
  answers?.();
  expect((await answer).result).toContain("[secret billing]");
});

test("many fetches that wait ask once", async () => {
  const store = new Kept();
  await begun(store);
  const wanted: string[][] = [];
  const locker = new Locker(store, (names) => void wanted.push(names));
  const answers = [1, 2, 3].map(() => locker.perform(effect(["billing"]), echo));
  await vi.waitFor(() => expect(wanted.length).toBe(1));
  await locker.act({ do: "unlock", passphrase: "long enough" });
  expect((await Promise.all(answers)).every(({ ok }) => ok)).toBe(true);
  expect(wanted).toEqual([["billing"]]);
});
