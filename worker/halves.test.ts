// Guests in halves beside the same guests in one piece: what `cargo xtask page` built.

import { beforeAll, describe, expect, test } from "vitest";
import { Guest } from "./guest.ts";
import type { Halves } from "./guest.ts";
import type { InterpreterName } from "./protocol.ts";
import { MEMORY_BYTES, built, host, ready, run } from "./real-guests.ts";

type Programs = Record<InterpreterName, [entry: string, source: string][]>;

/** What a core knows, and what it lacks: errors, dates, sets, texts in other scripts, what only deep code calls. */
const PROGRAMS: Programs = {
  "guest-js": [
    ["a.flow.js", "6 * 7"],
    ["b.flow.js", "[...new Set([3, 1, 2])].map((n) => n ** 2).sort((a, b) => b - a).join()"],
    ["c.flow.js", "new Date(0).toISOString() + 'ÄÖ'.normalize('NFD').replace(/\\p{M}/gu, '') + (12345n ** 40n)"],
    ["d.flow.js", "let n = 0; for (const x of (function* () { yield* [1, 2, 3]; })()) n += x; try { null.x } catch (error) { `${error} ${n}` }"],
    ["e.flow.js", "throw new TypeError('as it should be')"],
    ["f.flow.js", "new Proxy({}, { get: (_, name) => `${String(name)}!` }).so + new Float64Array([1.5, 2]).reduce((a, b) => a + b)"],
  ],
  "guest-py": [
    ["a.py", "1 + 1"],
    ["b.py", "import decimal, fractions, zipfile, io\n[str(decimal.Decimal('1.1') ** 9), str(fractions.Fraction(3, 9))]"],
    ["c.py", "import re, datetime\n[re.sub(r'(?P<a>\\w+)', r'<\\g<a>>', 'one two'), datetime.date(2024, 2, 29).isoformat()]"],
    ["d.py", "raise ValueError('as it should be')"],
    ["e.py", "class A:\n    def __getattr__(self, name): return name * 2\nsorted([A().xy, A().ab], key=lambda word: word[::-1])"],
  ],
};

describe.each(["guest-js", "guest-py"] as const)("%s in halves", (name) => {
  let whole: Halves;
  let halves: Halves;

  beforeAll(async () => {
    ready();
    const module = (half: string) => WebAssembly.compile(built(`${name}${half}.wasm`));
    whole = { name, core: await module(""), rest: null };
    halves = { name, core: await module(".core"), rest: await module(".rest") };
  }, 120_000);

  test("warms up by its core alone, to the very image of the whole", () => {
    const image = new Guest({ ...halves, rest: null }, MEMORY_BYTES, host, null).image(true);
    expect(Buffer.compare(image.bytes, new Guest(whole, MEMORY_BYTES, host, null).image(true).bytes)).toBe(0);
  }, 120_000);

  test("runs what it was trained for by its core alone", async () => {
    const { value, error } = await run(new Guest({ ...halves, rest: null }, MEMORY_BYTES, host, null), ...PROGRAMS[name][0]!);
    expect(error ?? value).toEqual(name === "guest-js" ? 42 : 2);
  });

  test("gives the same values and errors as the whole, for the same fuel and memory", async () => {
    for (const [entry, source] of PROGRAMS[name]) {
      const expected = await run(new Guest(whole, MEMORY_BYTES, host, null), entry, source);
      expect(await run(new Guest(halves, MEMORY_BYTES, host, null), entry, source), entry).toEqual(expected);
    }
  });

  test("links its rest when it first misses something, also after it was made without", async () => {
    const late: Halves = { ...halves, rest: null };
    const guest = new Guest(late, MEMORY_BYTES, host, null);
    late.rest = halves.rest;
    const [entry, source] = PROGRAMS[name][2]!;
    expect(await run(guest, entry, source)).toEqual(await run(new Guest(whole, MEMORY_BYTES, host, null), entry, source));
  });

  test("is reset to what it was with its rest linked", async () => {
    const image = new Guest(whole, MEMORY_BYTES, host, null).image(true);
    const guest = new Guest(halves, MEMORY_BYTES, host, image);
    const [entry, source] = PROGRAMS[name][2]!;
    const first = await run(guest, entry, source);
    expect(guest.reset(image)).toBe(true);
    expect(await run(guest, entry, source)).toEqual(first);
  });
});
