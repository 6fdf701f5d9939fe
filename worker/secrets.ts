// The device's secrets in a browser: their sealed file lies in a database of this web origin, and while they are unlocked this
// Worker holds them. What decides and what searches is `crates/secrets`; its program is loaded with this file, when it is first wanted.

import init, { Secrets } from "@wasm/secrets/secrets.js";
import programUrl from "@wasm/secrets/secrets_bg.wasm?url";
import type { SecretAct, SecretsState } from "./client-messages.ts";
import { failed } from "./net.ts";
import type { FetchAnswer, FetchEffect } from "./net.ts";

/** Where the sealed file is kept. */
export interface SecretsStore {
  read(): Promise<Uint8Array | undefined>;
  /** Puts another file, or none, in its place. */
  write(file: Uint8Array | undefined): Promise<void>;
}

type Result = { ok: true; value: SecretsState } | { ok: false; error: { code: string; message: string; hint?: string } };

/** How long a fetch waits for a person to unlock them. */
const UNLOCK_MS_MAX = 60_000;

/** So many names are told of what is wanted. */
const NAMES_MAX = 5;

const DATABASE = "selvage-secrets";
const STORE = "files";
const NAME = "secrets";

function request(mode: IDBTransactionMode, act: (files: IDBObjectStore) => IDBRequest): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction(STORE, mode, { durability: "strict" });
      const asked = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => {
        opening.result.close();
        resolve(asked.result as unknown);
      };
      transaction.onabort = () => {
        opening.result.close();
        reject(transaction.error);
      };
    };
  });
}

/** The browser's own database. */
export const browserStore: SecretsStore = {
  read: async () => (await request("readonly", (files) => files.get(NAME))) as Uint8Array | undefined,
  write: async (file) => void (await request("readwrite", (files) => (file === undefined ? files.delete(NAME) : files.put(file, NAME)))),
};

const random = (bytes: number): Uint8Array => crypto.getRandomValues(new Uint8Array(bytes));

const same = (one: Uint8Array | undefined, other: Uint8Array | undefined): boolean =>
  one !== undefined && other !== undefined && one.length === other.length && one.every((byte, at) => byte === other[at]);

export class Locker {
  #store: SecretsStore;
  /** Hears that a run waits for secrets to be unlocked. */
  #wanted: (names: string[]) => void;
  #open: Secrets | undefined;
  /** The file that is open. */
  #file: Uint8Array | undefined;
  #unlocked: (() => void)[] = [];
  /** How many fetches go on with each list. */
  #uses = new Map<Secrets, number>();

  constructor(store: SecretsStore, wanted: (names: string[]) => void) {
    this.#store = store;
    this.#wanted = wanted;
  }

  /** Loads the program. */
  static async load(wanted: (names: string[]) => void): Promise<Locker> {
    await init({ module_or_path: programUrl });
    return new Locker(browserStore, wanted);
  }

  /** Does what a person asks, and gives how things are after it. It never rejects. */
  async act(act: SecretAct): Promise<Result> {
    try {
      // Of two tabs that change the file, each sees what the other one did.
      await navigator.locks.request(DATABASE, () => this.#perform(act));
      return { ok: true, value: await this.#state() };
    } catch (error) {
      return { ok: false, error: { ...toolError(error), code: "INVALID_INPUT" } };
    }
  }

  async #perform(act: SecretAct): Promise<void> {
    const file = await this.#refresh();
    switch (act.do) {
      case "look":
        return;
      case "lock":
        this.#close();
        return;
      case "forget":
        this.#close();
        return this.#store.write(undefined);
      case "unlock":
        if (file === undefined) throw new Error("There are no secrets here yet.");
        this.#hold(Secrets.open(file, act.passphrase), file);
        return;
      case "begin":
        if (file !== undefined) throw new Error("There are secrets here already: unlock them.");
        return this.#keep(Secrets.create(act.passphrase, random(16)));
    }
    const open = this.#open;
    if (open === undefined) throw new Error("The secrets are locked.");
    if (act.do === "set") open.put(act.name, act.value, act.domains, act.places);
    else if (act.do === "remove") open.remove(act.name);
    await this.#keep(act.do === "rekey" ? open.rekeyed(act.passphrase, random(16)) : open);
  }

  async #state(): Promise<SecretsState> {
    const kept = (await this.#refresh()) !== undefined;
    return { kept, secrets: this.#open === undefined ? null : (JSON.parse(this.#open.list()) as SecretsState["secrets"]) };
  }

  /** Performs a fetch of a run that has secrets; what comes of it tells none. */
  async perform(effect: FetchEffect, perform: (effect: FetchEffect, carries: boolean) => Promise<FetchAnswer>): Promise<FetchAnswer> {
    const references = JSON.stringify(effect.secrets);
    try {
      const open = await this.#wait(effect.secrets.map(({ name }) => name));
      // Another list may be open by the end, or none: it is this one that knows what was sent.
      return await this.#using(open, async () => {
        const worn = open.dress(references, effect.url, JSON.stringify(effect.headers), effect.body);
        const { carries } = worn;
        const sent = { ...effect, url: worn.url, headers: JSON.parse(worn.headers) as FetchEffect["headers"], body: worn.body as Uint8Array<ArrayBuffer> };
        worn.free();
        const answer = await perform(sent, carries);
        if (!answer.ok) return { ...answer, result: open.redact_failure(references, effect.url, answer.result) };
        const clean = open.redact(references, answer.result, answer.body, effect.bytesMax);
        const [result, body] = [clean.fetched, clean.body];
        clean.free();
        return { ok: true, result: carries ? JSON.stringify({ ...(JSON.parse(result) as object), url: effect.url }) : result, body };
      });
    } catch (error) {
      const { code, message, hint } = toolError(error);
      return failed(code, message, hint ?? "");
    }
  }

  /** Keeps a list while something goes on with it, though it be locked meanwhile. */
  async #using<T>(open: Secrets, act: () => Promise<T>): Promise<T> {
    this.#uses.set(open, (this.#uses.get(open) ?? 0) + 1);
    try {
      return await act();
    } finally {
      const left = (this.#uses.get(open) ?? 1) - 1;
      if (left > 0) this.#uses.set(open, left);
      else {
        this.#uses.delete(open);
        if (open !== this.#open) open.free();
      }
    }
  }

  /** The secrets, unlocked; a person is asked where they are not. */
  async #wait(names: string[]): Promise<Secrets> {
    const file = await this.#refresh();
    if (this.#open !== undefined) return this.#open;
    if (file === undefined) throw new Error("This device keeps no secrets.");
    // One question for all that wait.
    if (this.#unlocked.length === 0) this.#wanted([...new Set(names)].slice(0, NAMES_MAX));
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#unlocked = this.#unlocked.filter((one) => one !== done);
        resolve();
      };
      this.#unlocked.push(done);
      setTimeout(done, UNLOCK_MS_MAX);
    });
    if (this.#open === undefined) throw new Error("The secrets of this device are locked.");
    return this.#open;
  }

  /** Takes in what another tab kept meanwhile; a passphrase that it changed locks them here. Gives the file. */
  async #refresh(): Promise<Uint8Array | undefined> {
    const file = await this.#store.read();
    if (this.#open === undefined || same(file, this.#file)) return file;
    try {
      if (file === undefined) this.#close();
      else this.#hold(this.#open.again(file), file);
    } catch {
      // Whoever has the new passphrase unlocks them.
      this.#close();
    }
    return file;
  }

  async #keep(open: Secrets): Promise<void> {
    const file = open.seal(random(24));
    await this.#store.write(file);
    this.#hold(open, file);
  }

  #hold(open: Secrets, file: Uint8Array): void {
    if (open !== this.#open) this.#close();
    this.#open = open;
    this.#file = file;
    for (const resolve of this.#unlocked) resolve();
  }

  /** Locks them: their program wipes what it held. */
  #close(): void {
    const open = this.#open;
    this.#open = undefined;
    this.#file = undefined;
    if (open !== undefined && !this.#uses.has(open)) open.free();
  }
}

/** Errors of the program are a tool's error as JSON. */
function toolError(error: unknown): { code: string; message: string; hint?: string } {
  const message = error instanceof Error ? error.message : String(error);
  try {
    return JSON.parse(message) as { code: string; message: string; hint?: string };
  } catch {
    return { code: "FETCH_FAILED", message, hint: "Open “Secrets” in the page, unlock or keep them there, and run it again." };
  }
}
