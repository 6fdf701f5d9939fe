// Texts that make a guest work too long, or break it, and what is said of them: the real guests, with a clock that the test moves on.

import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { Guest } from "./guest.ts";
import type { Halves } from "./guest.ts";
import { Image } from "./image.ts";
import type { GuestName } from "./protocol.ts";
import { MEMORY_BYTES, built, host, ready } from "./real-guests.ts";

const PATHS = { "guest-js": "a.flow.js", "guest-py": "a.py", "guest-ruff": "a.py" };

const programs = new Map<GuestName, [Halves, Image]>();

beforeAll(async () => {
  ready();
  for (const name of ["guest-js", "guest-py", "guest-ruff"] as const) {
    const halves = { name, core: await WebAssembly.compile(built(`${name}.wasm`)), rest: null };
    programs.set(name, [halves, new Guest(halves, MEMORY_BYTES, host, null).image(true)]);
  }
}, 120_000);

afterEach(() => vi.restoreAllMocks());

function fresh(name: GuestName): [Guest, Image] {
  const [halves, image] = programs.get(name)!;
  return [new Guest(halves, MEMORY_BYTES, host, image), image];
}

const read = async (guest: Guest, name: GuestName, text: string, more: object = {}) =>
  JSON.parse(await guest.check({ path: PATHS[name], module: false, ...more }, text)) as { error: { code: string; hint: string } | null; formatted?: string };

/** A turn of a loop takes long: so much passes whenever the clock is looked at. */
function slowly(ms: number): void {
  let nowMs = performance.now();
  vi.spyOn(performance, "now").mockImplementation(() => (nowMs += ms));
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `a${index}`).join(",");

/** Each takes a time that grows with the square of its length. */
const SLOW: [GuestName, string][] = [
  ["guest-js", `function f(${names(9_000)}) {}`],
  ["guest-py", "def f(): 0\n".repeat(9_000)],
  ["guest-ruff", "x;".repeat(50_000)],
];

test.each(SLOW)("%s is stopped in a text that takes it too long, and is told so", async (name, text) => {
  const [guest] = fresh(name);
  slowly(1_000);
  const { error } = await read(guest, name, text);
  expect(error).toMatchObject({ code: "QUOTA_CPU", hint: expect.stringContaining("Split it") });
});

/** What an ordinary text is made of. */
const ORDINARY: [GuestName, (number: number) => string][] = [
  ["guest-js", (number) => `
async function sum${number}(rows, { factor = ${number}, name = "item" } = {}) {
  // Adds up what the rows say, and tells of the others.
  let total = 0;
  for (const [index, row] of rows.entries()) {
    if (row.kind === "sale" && index % 3 !== 1) total += row.amount * factor;
    else console.log(\`\${name}: \${JSON.stringify(row)}\`);
  }
  return { total, mean: total / Math.max(rows.length, 1) };
}
`],
  ["guest-py", python],
  ["guest-ruff", python],
];

function python(number: number): string {
  return `
def sum${number}(rows, factor=${number}, *, name="item"):
    """Adds up what the rows say, and tells of the others."""
    total = 0
    for index, row in enumerate(rows):
        if row.get("kind") == "sale" and index % 3 != 1:
            total += row["amount"] * factor
        else:
            print(f"{name}: {row!r}")
    return {"total": total, "mean": total / max(len(rows), 1)}
`;
}

test.each(ORDINARY)("%s reads an ordinary text of a megabyte", async (name, part) => {
  const [guest] = fresh(name);
  const length = Math.ceil(1_048_576 / part(1_000).length);
  const text = Array.from({ length }, (_, number) => part(number)).join("");
  expect(await read(guest, name, text)).toMatchObject({ error: null });
}, 120_000);

test("an instance that has read a text is put back, and one that was stopped is not", async () => {
  const [guest, image] = fresh("guest-py");
  expect(await read(guest, "guest-py", "1 + 1\n")).toMatchObject({ error: null });
  expect(guest.reset(image)).toBe(true);
  slowly(60_000);
  expect((await read(guest, "guest-py", "def f(): 0\n".repeat(2_000))).error?.code).toBe("QUOTA_CPU");
  expect(guest.reset(image)).toBe(false);
});

test("a text for which there is not enough memory does not nest too deep", async () => {
  const [guest] = fresh("guest-ruff");
  const text = `x = '${"{} ".repeat(33_000)}'.format(${"a,".repeat(50_000)})\n`;
  const { error } = await read(guest, "guest-ruff", text, { format: true });
  expect(error).toMatchObject({ code: "QUOTA_MEMORY", hint: expect.stringContaining("Split it") });
}, 60_000);

test("a text that nests too deep is told so", async () => {
  const [guest] = fresh("guest-py");
  const { error } = await read(guest, "guest-py", `x = ${"-".repeat(100_000)}1\n`);
  expect(error).toMatchObject({ code: "QUOTA_STACK" });
}, 60_000);
