// The workspace beside other systems that let replicas change apart: each task in a fresh Node process, taken in turns.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../browser/lib/server.mjs';
import { weigh } from './lib/engines.mjs';

export const title = 'the workspace, in Node';
export const peers = ['automerge', 'yjs', 'loro', 'reptree'];

/** What the ledger's engine and the texts' engine are made of. */
const ENGINES = ['automerge', 'hexane', 'flate2', 'zlib_rs', 'leb128', 'yrs', 'smol_str', 'dashmap'];
const child = fileURLToPath(new URL('workspace/child.mjs', import.meta.url));
/** A part of the work, for a first look: the whole takes the others the better part of an hour. */
const part = Number(process.env.SELVAGE_BENCH_PART ?? 1);
const [FILES, CHANGES, MOVES, CONCURRENT, EDITS] = [10_000, 100_000 * part, 10_000 * part, 10_000 * part, 250_000 * part];
const GROWTH = [1_000, 10_000, 100_000].filter((files) => files <= 100_000 * part);

function run(system, task, options) {
  const arguments_ = ['--expose-gc', '--max-old-space-size=4096', child, system, task, JSON.stringify(options)];
  const output = execFileSync('node', arguments_, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(output.trim().split('\n').at(-1));
}

export async function measure({ scratch, table }) {
  /** Measures all systems, and gives what each found. */
  const all = (task, options, systems = ['selvage', ...peers]) =>
    Object.fromEntries(systems.map((system) => [system, run(system, task, options(system))]));
  const row = (name, found, pick, more) => {
    const { selvage, ...others } = Object.fromEntries(Object.entries(found).map(([system, value]) => [system, pick(value)]));
    table.row(name, { ours: selvage, peers: others, ...more });
  };
  const folder = (name) => (system) => {
    const path = join(scratch, `${name}-${system}`);
    mkdirSync(path, { recursive: true });
    return path;
  };

  const large = folder('large');
  const made = all('make', (system) => ({ folder: large(system), files: FILES, changes: CHANGES }));
  row(`make ${CHANGES} changes, one by one`, made, (found) => found.changesMs);
  row('size on disk', made, (found) => found.diskBytes / 1000, { unit: 'kB' });
  row('of it what a clone needs', made, (found) => (found.savedBytes ?? found.diskBytes) / 1000, { unit: 'kB' });
  const used = all('use', (system) => ({ folder: large(system), files: FILES, moves: MOVES }));
  row(`open ${FILES} files, cold, to a usable tree`, used, (found) => found.openMs, { target: 15 });
  row('the same with all history', used, (found) => found.openMs + (found.historyMs ?? 0), { target: 150 });
  row('list every path', used, (found) => found.listMs);
  row('find names', used, (found) => found.searchMs);
  row('find in all contents', used, (found) => found.contentMs);
  row('memory after that', used, (found) => found.bytes / 1e6, { unit: 'MB' });
  row(`${MOVES} moves, one by one`, used, (found) => found.movesMs);

  const met = all('meet', () => ({ files: 1000, changes: CONCURRENT }));
  row('first clone', met, (found) => found.copyMs);
  row('first clone, bytes per byte saved', met, (found) => found.copy.bytes / found.savedAfter, { target: 1.02, unit: '' });
  row(`meet after ${CONCURRENT} concurrent changes`, met, (found) => found.meetMs);
  row('on the wire', met, (found) => found.met.bytes / 1000, { unit: 'kB' });
  row('equal peers connect', met, (found) => found.equal.bytes, { target: 128, unit: 'bytes' });
  row('round trips of it', met, (found) => found.equal.messages / 2, { target: 1, unit: '' });

  const typed = all('text', () => ({ edits: EDITS }), ['selvage', 'automerge', 'yjs', 'loro']);
  row(`${EDITS} edits of a text`, typed, (found) => found.applyMs, { target: typed.yjs.applyMs });
  row('the same, 16 edits at a time', typed, (found) => found.framedMs);
  row('on the wire, each edit by itself', typed, (found) => found.wireBytes && found.wireBytes / EDITS, { unit: 'bytes an edit' });
  row('encode', typed, (found) => found.encodeMs);
  row('decode', typed, (found) => found.decodeMs);
  row('encoded', typed, (found) => found.encodedBytes / 1000, { unit: 'kB' });
  row('memory', typed, (found) => found.bytes / 1e6, { unit: 'MB' });

  const acknowledged = run('selvage', 'acknowledge', { folder: folder('ack')('selvage'), changes: 300 });
  table.row('a durable change, median; beside it the same bytes written and flushed', {
    ours: acknowledged.changeMs,
    peers: {},
    target: acknowledged.rawMs * 1.2,
  });

  for (const files of GROWTH) {
    const grown = folder(`grown-${files}`);
    const made = all('make', (system) => ({ folder: grown(system), files, changes: 0 }));
    const used = all('use', (system) => ({ folder: grown(system), files, moves: 100 }));
    row(`${files} files: make`, made, (found) => found.makeMs);
    row(`${files} files: open`, used, (found) => found.openMs);
    row(`${files} files: list`, used, (found) => found.listMs);
    row(`${files} files: a move`, used, (found) => found.movesMs / 100);
    row(`${files} files: memory`, used, (found) => found.bytes / 1e6, { unit: 'MB' });
    row(`${files} files: on disk`, made, (found) => found.diskBytes / 1000, { unit: 'kB' });
  }
  const program = join(process.env.CARGO_TARGET_DIR ?? join(root, 'target'), 'wasm32-unknown-unknown/wasm/selvage_wasm.wasm');
  if (existsSync(program)) {
    table.row('both engines, after brotli', { ours: weigh(readFileSync(program), ENGINES), peers: {}, target: 480, unit: 'kB' });
  } else {
    table.note(`there is no ${program}: build it here rather than from the cache, and the engines can be weighed`);
  }
  table.note('ratio: to the best of the others; memory: what the process grew by; reptree has no text, and sends JSON');
}
