import { expect, test } from "vitest";
import { SLICE_BYTES, Uploads, type Steps } from "./contents.ts";

const joined = (parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

/** Tells contents apart; it is no cryptographic hash. */
function nameOf(bytes: Uint8Array): string {
  return bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), 0x811c9dc5).toString(16);
}

/** A kernel that keeps contents in memory; `fails` is thrown by the next step that adds. */
class Kept implements Steps {
  parts = new Map<string, Uint8Array[]>();
  dropped: string[] = [];
  fails: unknown;
  held = 0;
  named = 0;

  naming() {
    const all: Uint8Array[] = [];
    this.named += 1;
    return { add: (bytes: Uint8Array) => void all.push(bytes.slice()), hash: () => nameOf(joined(all)), free: () => void (this.named -= 1) };
  }

  begin(hash: string): number {
    this.parts.set(hash, []);
    return this.held;
  }

  add(hash: string, from: number, bytes: Uint8Array): void {
    if (this.fails !== undefined) throw this.fails;
    const parts = this.parts.get(hash) ?? [];
    expect(from).toBe(this.held + parts.reduce((sum, part) => sum + part.length, 0));
    parts.push(bytes.slice());
  }

  drop(hash: string): void {
    this.dropped.push(hash);
    this.parts.delete(hash);
  }
}

const BYTES = Uint8Array.from({ length: 2 * SLICE_BYTES + 7 }, (_, at) => (at * 31) % 251);
const HASH = nameOf(BYTES);

test("a file is named, and then stored in slices, and both tell how far they are", async () => {
  const kept = new Kept();
  const told: number[] = [];
  const result = await new Uploads(kept).store(1, new Blob([BYTES]), (done) => told.push(done));
  expect(result).toEqual({ ok: true, value: { hash: HASH, size: BYTES.length } });
  const parts = kept.parts.get(HASH) ?? [];
  expect(parts.map((part) => part.length)).toEqual([SLICE_BYTES, SLICE_BYTES, 7]);
  expect(nameOf(joined(parts))).toBe(HASH);
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect([told.length, told[2], told.at(-1)]).toEqual([6, 0.5, 1]);
});

test("what is here is not read again", async () => {
  const kept = new Kept();
  kept.held = SLICE_BYTES + 3;
  await new Uploads(kept).store(1, new Blob([BYTES]), () => undefined);
  expect(nameOf(joined(kept.parts.get(HASH) ?? []))).toBe(nameOf(BYTES.subarray(SLICE_BYTES + 3)));
});

test("an upload that is given up leaves nothing, whether it was named already or not", async () => {
  for (const last of [1, 4]) {
    const kept = new Kept();
    const uploads = new Uploads(kept);
    let heard = 0;
    const result = await uploads.store(7, new Blob([BYTES]), () => {
      heard += 1;
      if (heard === last) uploads.giveUp(7);
    });
    expect(result).toMatchObject({ ok: false, error: { code: "CANCELLED" } });
    expect([heard, kept.parts.size]).toEqual([last, 0]);
    expect([kept.named, kept.dropped]).toEqual(last === 1 ? [0, []] : [1, [HASH]]);
  }
  // What is over can't be given up any more, and another one of that number begins anew.
  const kept = new Kept();
  const uploads = new Uploads(kept);
  uploads.giveUp(7);
  expect((await uploads.store(7, new Blob([BYTES]), () => undefined)).ok).toBe(true);
});

test("what storage or the file's disk refuses is told as it is, and a defect is thrown on", async () => {
  const kept = new Kept();
  kept.fails = { code: "STORAGE_FULL", message: "Storage is full." };
  expect(await new Uploads(kept).store(1, new Blob([BYTES]), () => undefined)).toEqual({ ok: false, error: kept.fails });
  expect(kept.dropped).toEqual([HASH]);

  const pull = () => Promise.reject(new DOMException("gone", "NotReadableError"));
  const gone = { size: 5, slice: () => ({ stream: () => new ReadableStream({ type: "bytes", pull }) }) };
  const result = await new Uploads(kept).store(2, gone as unknown as Blob, () => undefined);
  expect(result).toMatchObject({ ok: false, error: { code: "INVALID_INPUT", message: "The file could not be read: gone" } });

  const short = { size: 5, slice: () => new Blob(["four"]) };
  expect(await new Uploads(kept).store(4, short as unknown as Blob, () => undefined)).toMatchObject({ ok: false, error: { code: "INVALID_INPUT" } });

  kept.fails = new WebAssembly.RuntimeError("unreachable");
  await expect(new Uploads(kept).store(3, new Blob([BYTES]), () => undefined)).rejects.toThrow("unreachable");
});
