// What a runner does while nobody waits: a small run, so that the browser has compiled by then what the first run of a person needs.
// Browsers compile a function when it is first called, and keep nothing of that between visits.

import { Guest, type GuestHost, type Halves } from "./guest.ts";
import type { Image } from "./image.ts";

const PATH = "exercise.py";
/** Of `xtask/train.mjs`, too: a core can run it. */
const TEXT = `import json, re

def double(number):
    return number * 2

[json.dumps({"all": [double(number) for number in (1, 2.5)]}), re.sub("a", "b", "a")]
`;
const BYTES = new TextEncoder().encode(TEXT);

const GRANT = { read: ["**"], write: [], net: [], tools: [] };
const LIMITS = {
  fuelMax: 10_000_000, cpuMsMax: 10_000, wallMsMax: 10_000, memoryBytesMax: 128 * 1024 * 1024, stackCallsMax: 100, outputBytesMax: 10_000,
  filesMax: 0, writtenBytesMax: 0, callsMax: 100, fetchesMax: 0, fetchBytesMax: 0,
};
const JOB = JSON.stringify({
  run: "exercise", entry: PATH, shape: "script", module: false, args: null, env: {}, grant: GRANT, ceiling: GRANT, limits: LIMITS,
  files: [{ path: PATH, folder: false, size: BYTES.length, hash: "exercise", readable: true }], seed: 1, startMs: null, ask: false,
});

/** Has an instance of its own read and run something, and gives how it ended, which is nobody's. Without it, the first run is slower. */
export async function exercise(halves: Halves, image: Image | null, host: GuestHost): Promise<{ error: unknown } | undefined> {
  const guest = new Guest(halves, LIMITS.memoryBytesMax, { ...host, blob: () => BYTES, report: () => {} }, image);
  try {
    await guest.check({ path: PATH, module: false }, TEXT);
    const report = (await guest.enter("selvage_start", guest.runner.begin(JOB, ""))).outcome();
    return report === undefined ? undefined : (JSON.parse(report) as { outcome: { error: unknown } }).outcome;
  } finally {
    guest.runner.free();
  }
}
