import { afterEach, expect, test, vi } from "vitest";
import { Kept } from "./kept.ts";

class Death extends Error {}

/** A disk that dies at the n-th thing that is asked of it, and tears it when it is a write. */
class Disk {
  files = new Map<string, Uint8Array>();
  steps = Infinity;
  /** How often each file is still found to be open elsewhere. */
  locked = new Map<string, number>();
  closed: string[] = [];
  /** How many bytes more it takes. */
  room = Infinity;
  /** The number of flushes after which each fails. */
  flushes = Infinity;

  step(): boolean {
    this.steps -= 1;
    if (this.steps < 0) throw new Death();
    return this.steps === 0;
  }

  directory() {
    return {
      getFileHandle: async (name: string, options?: { create: boolean }) => {
        if (!this.files.has(name) && options?.create !== true) throw new DOMException("there is no such file", "NotFoundError");
        if (!this.files.has(name)) this.files.set(name, new Uint8Array());
        return { createSyncAccessHandle: async () => (this.#wait(name), this.#handle(name)) };
      },
      removeEntry: async (name: string) => {
        this.#wait(name);
        if (!this.files.delete(name)) throw new DOMException("there is no such file", "NotFoundError");
      },
    };
  }

  #wait(name: string): void {
    const tries = this.locked.get(name) ?? 0;
    this.locked.set(name, tries - 1);
    if (tries > 0) throw new DOMException("it is open", "NoModificationAllowedError");
  }

  #handle(name: string) {
    const bytes = () => this.files.get(name)!;
    const resize = (length: number) => {
      const grown = new Uint8Array(length);
      grown.set(bytes().subarray(0, length));
      this.files.set(name, grown);
    };
    return {
      read: (into: ArrayBufferView, { at }: { at: number }) => {
        const found = bytes().subarray(at, at + into.byteLength);
        new Uint8Array(into.buffer, into.byteOffset, into.byteLength).set(found);
        return found.length;
      },
      write: (from: ArrayBufferView, { at }: { at: number }) => {
        const isLast = this.step();
        const whole = new Uint8Array(from.buffer, from.byteOffset, from.byteLength);
        // A body is torn in the middle. A head is shorter than a sector, which disks write as a whole or not at all.
        const half = isLast && at > 0 ? whole.subarray(0, whole.length >> 1) : whole;
        const part = at === 0 && half.length > this.room ? half.subarray(0, 0) : half.subarray(0, this.room);
        this.room -= part.length;
        if (bytes().length < at + part.length) resize(at + part.length);
        bytes().set(part, at);
        if (half.length < whole.length) throw new Death();
        return part.length;
      },
      truncate: (length: number) => {
        this.step();
        resize(length);
      },
      flush: () => {
        this.step();
        this.flushes -= 1;
        if (this.flushes < 0) throw new Error("the disk is full");
      },
      getSize: () => bytes().length,
      close: () => this.closed.push(name),
    };
  }
}

function use(disk: Disk): void {
  vi.stubGlobal("navigator", { storage: { getDirectory: async () => disk.directory() } });
}

const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("what was kept last is read, also after it grew, shrank and was empty", async () => {
  const disk = new Disk();
  use(disk);
  expect(await Kept.exists("device")).toBe(false);
  expect((await Kept.open("device")).read()).toBeUndefined();
  for (const length of [10, 5_000, 3, 0, 40]) {
    const kept = await Kept.open("device");
    kept.read();
    kept.write(filled(length, length % 256));
    expect((await Kept.open("device")).read()).toEqual(filled(length, length % 256));
  }
  expect(await Kept.exists("device")).toBe(true);
  await Kept.remove("device");
  expect([await Kept.exists("device"), disk.files.size]).toEqual([false, 0]);
});

test("a death at any step leaves all of the old or all of the new, and the next write is kept", async () => {
  const lengths = [700, 30, 2_000, 1];
  let deaths = 0;
  for (let steps = 1; ; steps += 1) {
    const disk = new Disk();
    use(disk);
    const kept = await Kept.open("device");
    disk.steps = steps;
    let done = 0;
    try {
      for (const [index, length] of lengths.entries()) {
        kept.write(filled(length, index + 1));
        done = index + 1;
      }
    } catch (error) {
      if (!(error instanceof Death)) throw error;
      deaths += 1;
    }
    disk.steps = Infinity;
    const again = await Kept.open("device");
    const number = again.read()?.[0] ?? 0;
    expect([done, done + 1], `death after ${steps} steps`).toContain(number);
    if (number > 0) expect((await Kept.open("device")).read()).toEqual(filled(lengths[number - 1]!, number));
    again.write(filled(9, 99));
    expect((await Kept.open("device")).read(), `write after a death after ${steps} steps`).toEqual(filled(9, 99));
    if (done === lengths.length) break;
  }
  expect(deaths).toBeGreaterThan(15);
});

test("a disk that takes less than asked fails, however often, and what was kept before stays", async () => {
  for (let room = 0; room < 92; room += 1) {
    const disk = new Disk();
    use(disk);
    const kept = await Kept.open("device");
    kept.write(filled(40, 1));
    kept.write(filled(40, 2));
    for (const byte of [3, 4, 5]) {
      disk.room = room;
      // A zeroed head, the content, and its head.
      expect(() => kept.write(filled(60, byte)), `room for ${room} bytes`).toThrow("took no more");
    }
    expect((await Kept.open("device")).read(), `room for ${room} bytes`).toEqual(filled(40, 2));
    disk.room = Infinity;
    kept.write(filled(60, 6));
    expect((await Kept.open("device")).read()).toEqual(filled(60, 6));
  }
});

test("what is kept after a head that failed never makes a mixture, whenever it dies", async () => {
  for (let steps = 1; steps < 8; steps += 1) {
    const disk = new Disk();
    use(disk);
    const kept = await Kept.open("device");
    kept.write(filled(40, 1));
    disk.flushes = 1;
    expect(() => kept.write(filled(40, 2))).toThrow("full");
    [disk.flushes, disk.steps] = [Infinity, steps];
    try {
      kept.write(filled(40, 3));
    } catch (error) {
      if (!(error instanceof Death)) throw error;
    }
    disk.steps = Infinity;
    const found = (await Kept.open("device")).read();
    expect([filled(40, 1), filled(40, 2), filled(40, 3)], `death after ${steps} steps`).toContainEqual(found);
  }
});

test("of a newest copy that is short the older one is taken, and the good one is not written over", async () => {
  const disk = new Disk();
  use(disk);
  const kept = await Kept.open("device");
  for (const byte of [1, 2]) kept.write(filled(40, byte));
  const [name, whole] = [...disk.files].find(([, bytes]) => bytes.at(-1) === 2)!;
  disk.files.set(name, whole.slice(0, -1));
  const again = await Kept.open("device");
  expect(again.read()).toEqual(filled(40, 1));
  disk.room = 20;
  expect(() => again.write(filled(40, 3))).toThrow();
  expect((await Kept.open("device")).read()).toEqual(filled(40, 1));
});

test("what a Worker that is gone has not let go of yet is waited for, and of what can't be opened nothing stays open", async () => {
  const disk = new Disk();
  use(disk);
  vi.useFakeTimers();
  disk.locked = new Map([["device-0", 3], ["device-1", 2]]);
  const opened = Kept.open("device");
  await vi.advanceTimersByTimeAsync(1_000);
  (await opened).write(filled(40, 1));
  expect(disk.closed).toEqual([]);

  disk.locked.set("device-1", Infinity);
  const failed = expect(Kept.open("device")).rejects.toThrow("it is open");
  await vi.advanceTimersByTimeAsync(10_000);
  await failed;
  expect(disk.closed).toEqual(["device-0"]);
});

test("what is kept without reading what was there counts as newer", async () => {
  const disk = new Disk();
  use(disk);
  const kept = await Kept.open("device");
  for (const byte of [1, 2, 3]) kept.write(filled(40, byte));
  (await Kept.open("device")).write(filled(9, 4));
  expect((await Kept.open("device")).read()).toEqual(filled(9, 4));
});

test("what can't be removed is told, and what is gone already is no trouble", async () => {
  const disk = new Disk();
  use(disk);
  (await Kept.open("device")).write(filled(40, 1));
  disk.locked.set("device-1", 1);
  await expect(Kept.remove("device")).rejects.toThrow("it is open");
  await Kept.remove("device");
  expect(disk.files.size).toBe(0);
});
