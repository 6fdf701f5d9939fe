// Runs that start from an image, with the real guests: what `cargo xtask wasm runner guest-js guest-py` built.

/// <reference types="node" />

import { beforeAll, describe, expect, test } from "vitest";
import { Guest } from "./guest.ts";
import type { Halves } from "./guest.ts";
import { LIMITS, MEMORY_BYTES, built, host, ready, run } from "./real-guests.ts";
import type { InterpreterName } from "./protocol.ts";
import { Image } from "./image.ts";

/** Where a text lies in a memory. */
const places = (memory: WebAssembly.Memory, text: string) => Buffer.from(memory.buffer).indexOf(text);

const SECRET = "swordfish-4711-";
// The secret is put together in the run, so that it is found as a value and not only as source; and it comes in as a file and an argument.
type Scripts = Record<InterpreterName, [entry: string, source: string]>;
const PLANTS: Scripts = {
  "guest-js": ["a.flow.js", `const all = []; for (let i = 0; i < 200; i++) all.push("${SECRET}" + i); globalThis.left = all; all.length;`],
  "guest-py": ["a.py", `import os, random, selvage, json\nall = ["${SECRET}" + str(i) for i in range(200)]\nos.left = all\njson.left = bytes("".join(all), "utf-8")\nrandom.seed(all[0])\nopen("a.py").read()\nlen(all)`],
};
const LOOKS: Scripts = {
  "guest-js": ["b.flow.js", "typeof globalThis.left + Math.random();"],
  "guest-py": ["b.py", "import os, json, random, uuid\n[hasattr(os, 'left'), hasattr(json, 'left'), random.random(), str(uuid.uuid4())]"],
};

describe.each(["guest-js", "guest-py"] as const)("%s", (name) => {
  let module: Halves;
  let first: Guest;
  let image: Image;

  beforeAll(async () => {
    ready();
    module = { name, core: await WebAssembly.compile(built(`${name}.wasm`)), rest: null };
    first = new Guest(module, MEMORY_BYTES, host, null);
    image = first.image(true);
  }, 120_000);

  test("every instance that warms itself up comes to the same image, and one that starts from it is the same", () => {
    const cold = new Guest(module, MEMORY_BYTES, host, null).image(true);
    expect(Buffer.compare(cold.bytes, image.bytes)).toBe(0);
    const kept = Image.read(image.bytes.slice());
    const restored = new Guest(module, MEMORY_BYTES, host, kept).image(true);
    expect(Buffer.compare(restored.bytes, image.bytes)).toBe(0);
  });

  test("a run's secrets are in its memory, and in no byte of it after the reset", async () => {
    const guest = new Guest(module, MEMORY_BYTES, host, image);
    const [entry, source] = PLANTS[name];
    const { value, error } = await run(guest, entry, source, { args: { word: `${SECRET}args` }, env: { WORD: `${SECRET}env` } });
    expect(error ?? value).toBe(200);
    expect(places(guest.memory, SECRET)).toBeGreaterThan(0);
    expect(guest.reset(image)).toBe(true);
    expect(places(guest.memory, SECRET)).toBe(-1);
    expect(Buffer.compare(guest.image(true).bytes, image.bytes)).toBe(0);
  });

  test("a run gives, and costs, the same in a cold instance, in one from the image, and in one that ran another", async () => {
    const [entry, source] = LOOKS[name];
    const cold = await run(new Guest(module, MEMORY_BYTES, host, null), entry, source);
    expect(cold.error).toBeNull();
    const restored = new Guest(module, MEMORY_BYTES, host, image);
    expect(await run(restored, entry, source)).toEqual(cold);
    expect(restored.reset(image)).toBe(true);
    await run(restored, ...PLANTS[name]);
    expect(restored.reset(image)).toBe(true);
    expect(await run(restored, entry, source)).toEqual(cold);
    expect(restored.reset(image)).toBe(true);
    expect((await run(restored, entry, source, { seed: 2 })).value).not.toEqual(cold.value);
  });

  test("an instance that was stopped, or whose memory has grown, is not used again", async () => {
    const endless: Scripts = { "guest-js": ["c.flow.js", "for (;;);"], "guest-py": ["c.py", "while True:\n    pass\n"] };
    const stopped = new Guest(module, MEMORY_BYTES, host, image);
    const limits = { ...LIMITS, fuelMax: 200_000 };
    expect((await run(stopped, ...endless[name], { limits })).error.code).toBe("QUOTA_FUEL");
    expect(stopped.reset(image)).toBe(false);
    const large: Scripts = { "guest-js": ["d.flow.js", "new Uint8Array(40000000).length;"], "guest-py": ["d.py", "len(bytearray(40000000))"] };
    const grown = new Guest(module, MEMORY_BYTES, host, image);
    expect((await run(grown, ...large[name])).value).toBe(40_000_000);
    expect(grown.reset(image)).toBe(false);
  });

  test("an instance that may not hold the image warms itself up, or says that it can't", () => {
    const small = (image.pages - 1) * 65_536;
    expect(() => new Guest(module, small, host, image)).toThrow();
  });
});
