// What the processes of a browser hold in memory, as Linux counts it.

import { readdirSync, readFileSync } from 'node:fs';

const SAMPLE_MS = 50;
/** A browser is at rest after so many samples without growth. */
const SAMPLES_QUIET = 30;

/** Memory of a process that is in no file: its own, and what it shares with others. */
function bytesOf(pid) {
  let status;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    // It ended.
    return { parent: undefined, bytes: 0 };
  }
  const figure = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
  return { parent: figure('PPid'), bytes: (figure('RssAnon') + figure('RssShmem')) * 1024 };
}

/** What a process and all below it hold. */
export function heldBelow(root) {
  const all = new Map();
  for (const name of readdirSync('/proc')) if (/^\d+$/.test(name)) all.set(Number(name), bytesOf(name));
  const isBelow = (pid) => pid === root || (all.get(pid)?.parent > 1 && isBelow(all.get(pid).parent));
  let sum = 0;
  for (const [pid, { bytes }] of all) if (isBelow(pid)) sum += bytes;
  return sum;
}

/** What it holds when it has stopped growing. */
async function settled(root) {
  for (let most = heldBelow(root), quiet = 0; ; ) {
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    const now = heldBelow(root);
    quiet = now > most ? 0 : quiet + 1;
    most = Math.max(most, now);
    if (quiet === SAMPLES_QUIET) return now;
  }
}

/** Does something, once the browser is at rest, and gives by how much memory grew meanwhile, at the most. */
export async function growthDuring(root, act) {
  const before = await settled(root);
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, heldBelow(root))), SAMPLE_MS);
  try {
    await act();
  } finally {
    clearInterval(timer);
  }
  return most - before;
}
