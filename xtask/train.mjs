// Runs a marked guest as a runner Worker would, and prints the numbers of the functions that ran, as JSON:
//
//   node xtask/train.mjs MARKED RUNNER NAME
//
// MARKED is what `xtask/src/mark.rs` made, RUNNER the folder of the runner's bindings, NAME the guest's name.

import { readFileSync, readdirSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const MEMORY_BYTES = 128 * 1024 * 1024;
const PAGE_BYTES = 65_536;
const PAGES_MIN = 64;
const LIMITS = {
  fuelMax: 1e12, cpuMsMax: 60_000, wallMsMax: 60_000, memoryBytesMax: MEMORY_BYTES, stackCallsMax: 400, outputBytesMax: 4_194_304,
  filesMax: 1000, writtenBytesMax: 67_108_864, callsMax: 100_000, fetchesMax: 50, fetchBytesMax: 16_777_216,
};
const RAN_PREFIX = 'ran:';

// What is trained is the same at any time.
Date.now = () => 1_700_000_000_000;
performance.now = () => 0;

/** What a new workspace holds. */
const STARTER = fileURLToPath(new URL('../crates/workbench/starter', import.meta.url));

const [marked, runnerFolder, name] = process.argv.slice(2);
const { initSync, Runner } = await import(pathToFileURL(join(runnerFolder, 'runner.js')).href);
initSync({ module: new WebAssembly.Module(readFileSync(join(runnerFolder, 'runner_bg.wasm'))) });

const files = new Map(readdirSync(STARTER, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
  .map((path) => [relative(STARTER, path), readFileSync(path)]));

const PROGRAMS = {
  'guest-js': [
    ['a.flow.js', 'script', '6 * 7'],
    ['b.flow.js', 'script', 'console.log("one", { two: [3, null] }); const all = [3, 1, 2].map((n) => n * 2).sort(); `${all.join()} ${JSON.stringify(all)}`;'],
  ],
  'guest-py': [
    ['a.py', 'script', '1 + 1\n'],
    ['b.py', 'script', 'import json, csv, re, datetime, asyncio, dataclasses, logging\njson.dumps([1 + 1])\n'],
    // Of `worker/exercise.ts`, too.
    ['c.py', 'script', 'import json, re\n\ndef double(number):\n    return number * 2\n\n[json.dumps({"all": [double(number) for number in (1, 2.5)]}), re.sub("a", "b", "a")]\n'],
    ['d.py', 'script', 'import csv\n\ncounts = {}\nwith open("data/invoices.csv", newline="") as file:\n    for row in csv.DictReader(file):\n        counts[row["status"]] = counts.get(row["status"], 0) + 1\nprint(f"{len(counts)} of them: {sorted(counts)}")\ncounts\n'],
  ],
  // A guest that runs nothing looks at this.
  'guest-ruff': [
    ['a.py', null, 'import os\n\n\ndef f(x=[], *, y: int | None = None) -> str:\n    try:\n        return f"{x} {z}"\n    except:\n        pass\n'],
  ],
};

const module = new WebAssembly.Module(readFileSync(marked));
const ran = new Set();
for (const [entry, shape, source] of PROGRAMS[name]) {
  files.set(entry, Buffer.from(source));
  // With and without arguments, repeatable and not.
  for (const given of shape === null ? [] : [{ args: null, startMs: null }, { args: { text: 'one two' }, startMs: 1_700_000_000_000 }]) {
    const { outcome, exports } = run(entry, shape, given);
    if (outcome.error) throw new Error(`${entry}: ${JSON.stringify(outcome.error)}`);
    note(exports);
  }
  note(check(entry, shape));
}
console.log(JSON.stringify([...ran].sort((a, b) => a - b)));

/** Takes down what ran in an instance. */
function note(exports) {
  for (const [key, global] of Object.entries(exports)) {
    if (!key.startsWith(RAN_PREFIX)) continue;
    const first = Number(key.slice(RAN_PREFIX.length)) * 32;
    for (let bit = 0; bit < 32; bit += 1) if ((global.value >>> bit) & 1) ran.add(first + bit);
  }
}

/** Has a new instance read a file, as it does before each run. */
function check(entry, shape) {
  const { memory, exports } = warm(() => undefined);
  const head = Buffer.from(JSON.stringify({ path: entry, module: shape === 'module' }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  enter(memory, exports, 'selvage_check', Buffer.concat([length, head, files.get(entry)]));
  return exports;
}

/** Enters an instance with a frame. */
function enter(memory, exports, entry, frame) {
  const at = exports.selvage_alloc(frame.length);
  new Uint8Array(memory.buffer, at, frame.length).set(frame);
  return exports[entry](at, frame.length);
}

/** Runs a file from the start of a new instance to its outcome. */
function run(entry, shape, given) {
  const blobs = new Map();
  const listed = [...files].map(([path, bytes]) => {
    const hash = createHash('sha256').update(bytes).digest('hex');
    blobs.set(hash, bytes);
    return { path, folder: false, size: bytes.length, hash, readable: true };
  });
  const folders = new Set(listed.flatMap(({ path }) => path.split('/').slice(0, -1).map((_, depth, parts) => parts.slice(0, depth + 1).join('/'))));
  for (const path of folders) listed.push({ path, folder: true, size: 0, hash: '', readable: true });
  const { memory, runner, exports } = warm((hash) => blobs.get(hash));
  const grant = { read: ['**'], write: ['**'], net: [], tools: [] };
  const job = {
    run: 'training', entry, shape, module: shape === 'module', ...given, env: {}, grant, ceiling: grant,
    limits: LIMITS, files: listed, seed: 1, ask: false,
  };
  let frame = runner.begin(JSON.stringify(job), '');
  for (let way = 'selvage_start'; ; way = 'selvage_resume') {
    const fuel = runner.enter();
    if (fuel !== undefined) exports.fuel.value = fuel;
    const result = enter(memory, exports, way, frame);
    runner.leave(exports.fuel.value);
    const next = runner.progress(result);
    const outcome = next.outcome();
    if (outcome !== undefined) return { outcome: JSON.parse(outcome).outcome, exports };
    const call = next.call();
    if (call === undefined) throw new Error(`${entry} waits for nothing`);
    frame = runner.resume(call.id, '{"ok":null}', new Uint8Array());
  }
}

/** An instance that has warmed itself up. */
function warm(blob) {
  const made = instance(blob);
  made.exports.fuel.value = BigInt(Number.MAX_SAFE_INTEGER);
  made.exports._initialize?.();
  made.exports.selvage_warm();
  return made;
}

/** An instance in as much memory as the Worker gives it (`worker/guest.ts`): where things lie decides how maps of addresses are searched. */
function instance(blob) {
  for (let pages = PAGES_MIN; ; pages *= 2) {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: MEMORY_BYTES / PAGE_BYTES });
    const runner = new Runner(memory, blob, () => {});
    try {
      const { exports } = new WebAssembly.Instance(module, imports(runner, memory, () => {
        if (runner.quota() === 0) throw new Error('a program in training must stop');
        exports.fuel.value = runner.slice();
      }));
      return { memory, runner, exports };
    } catch (error) {
      if (!(error instanceof WebAssembly.LinkError)) throw error;
    }
  }
}

function imports(runner, memory, quota) {
  const wasi = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    if (from === 'wasi_snapshot_preview1') wasi[name] = (...args) => runner.wasi(name, BigUint64Array.from(args, (arg) => BigInt.asUintN(64, BigInt(arg))));
  }
  return {
    env: { memory },
    wasi_snapshot_preview1: wasi,
    selvage: {
      quota,
      call: (at, length) => runner.call(at, length),
      take: (at) => runner.take(at),
      wait: () => {
        throw new Error('nothing waits in training');
      },
      sleep: () => {},
    },
  };
}
