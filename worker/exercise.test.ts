// The small run that a runner does while nobody waits, in the real guest.

import { expect, test } from "vitest";
import { exercise } from "./exercise.ts";
import { Guest } from "./guest.ts";
import { MEMORY_BYTES, built, host, ready } from "./real-guests.ts";

test("runs to its end, tells nobody, and asks for no file but its own", async () => {
  ready();
  const core = await WebAssembly.compile(built("guest-py.core.wasm"));
  const halves = { name: "guest-py", core, rest: null } as const;
  const image = new Guest(halves, MEMORY_BYTES, host, null).image(true);
  const said: string[] = [];
  const watched = { ...host, report: (report: string) => said.push(report), blob: () => expect.unreachable() };
  // Without the rest, what is beyond the core would be missed, and thrown: so it is what a first run needs.
  expect(await exercise({ ...halves }, image, watched)).toMatchObject({ error: null });
  expect(said).toEqual([]);
}, 60_000);
