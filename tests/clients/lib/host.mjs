// The program `selvage` with a workspace of its own, and a look into that workspace while it is down.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeFolder } from '../../browser/lib/suite.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const built = join(process.env.CARGO_TARGET_DIR ?? join(root, 'target'), 'debug');

/** The program. */
export const program = join(built, 'selvage');

/** What a client that hands on no environment of its own is to give the program: where compiled interpreters are kept. */
export const kept = process.env.SELVAGE_CACHE ? { SELVAGE_CACHE: process.env.SELVAGE_CACHE } : {};

/** How long the program may take to say where it listens. */
const START_MS_MAX = 20_000;

/** A folder with a workspace that holds `files`. */
export function workspaceOf(defer, files) {
  const folder = mkdtempSync(join(tmpdir(), 'selvage-clients-'));
  defer(async () => removeFolder(folder));
  const look = (...words) => execFileSync(join(built, 'examples/folder'), [folder, ...words], { encoding: 'utf8' });
  for (const [path, text] of Object.entries(files)) look('write', path, text);
  return {
    folder,
    /** The content's hash and the path of everything. */
    hashes: () => look('hashes').split('\n').filter(Boolean),
    tree: () => look('tree').split('\n').filter(Boolean),
    read: (path) => look('read', path),
    write: (path, text) => look('write', path, text),
    type: (path, text) => look('type', path, text),
    move: (from, to) => look('move', from, to),
    history: () => look('history').split('\n').filter(Boolean),
  };
}

/** Starts the program on a workspace; gives its addresses, `kill` (no last words) and `stop`. */
export async function startHost(defer, { folder }, { port = 0, args = [] } = {}) {
  const all = ['serve', '--no-storage', '--listen', `127.0.0.1:${port}`, '--workspace', folder, '--open-clients', ...args];
  const child = spawn(program, all, { stdio: ['ignore', 'pipe', 'pipe'] });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  let said = '';
  let errors = '';
  child.stderr.on('data', (part) => (errors += part));
  const end = async (signal) => {
    child.kill(signal);
    await gone;
  };
  defer(() => end('SIGKILL'));
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the program says nothing: ${said}${errors}`)), START_MS_MAX);
    child.stdout.on('data', (part) => {
      said += part;
      if (/y-websocket: .*\n/.test(said)) {
        clearTimeout(timer);
        resolve();
      }
    });
    child.once('exit', () => reject(new Error(`the program ended: ${said}${errors}`)));
  });
  const word = (pattern) => pattern.exec(said)[1];
  const automerge = word(/(ws:\S+\/automerge\/\S+)/);
  return {
    automerge,
    ledger: word(/(automerge:\w+)/),
    yjs: word(/(ws:\S+\/yjs\/\S+)/),
    port: Number(new URL(automerge).port),
    errors: () => errors,
    isUp: () => child.exitCode === null && child.signalCode === null,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}

/** Waits until a condition holds; `what` says what for. */
export async function until(what, holds, msMax = 20_000) {
  const end = Date.now() + msMax;
  for (;;) {
    const value = await holds();
    if (value) return value;
    if (Date.now() > end) throw new Error(`not within ${msMax / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
