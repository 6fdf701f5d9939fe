// One table of flows with arguments, for every host that runs flows: what each comes to is compared.

import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const START_MS = 1_700_000_000_000;

/**
 * What of a receipt is the same on every host, to the last unit; `cpuMs` and `wallMs` are the host's time. The sandbox counts these,
 * and every host has the same one (`crates/sandbox/src/meter.rs`): `outputBytes` are the bytes of log entries and of the result,
 * `files` and `writtenBytes` what the guest had changed, `calls` and `fetches` what it asked for. `memoryBytes` are the most pages
 * that the guest's memory had. It begins with as many on every host (`worker/guest.ts`, `crates/host/src/instance.rs`), and grows
 * where the guest's allocator wants more: the names of runs are random, but have one length, so they take as much room everywhere.
 */
const COUNTED = ['memoryBytes', 'outputBytes', 'files', 'writtenBytes', 'calls', 'fetches'];

/** The table as it is written. */
const table = JSON.parse(readFileSync(`${FOLDER}table.json`, 'utf8'));

/** Every pair: `{ name, path, args, limits, grant, code, timed, told }`. */
export const PAIRS = table.programs.flatMap(({ program, limits, grant, timed = false, told = false, cases }) =>
  cases.map(([args, code]) => ({
    name: `${program} ${JSON.stringify(args)}${grant ? ' confined' : ''}`,
    path: `flows/t/${program}`,
    args,
    limits: { ...table.limits, ...limits },
    grant,
    code,
    timed,
    told,
  })),
);

/** What the workspace holds besides its starter files, by path. */
export const FILES = {
  ...table.files,
  ...Object.fromEntries(readdirSync(FOLDER).filter((name) => /\.(?:js|py)$/.test(name)).map((name) => [`flows/t/${name}`, readFileSync(FOLDER + name, 'utf8')])),
};

/**
 * Runs every pair, each in the workspace as it is in the beginning, and gives what it came to by its name. `call` calls a tool,
 * and gives `{ ok, value, error }`.
 */
export async function runAll(call, pairs = PAIRS) {
  const must = async (name, input) => {
    const { ok, value, error } = await call(name, input);
    if (!ok) throw new Error(`${name}: ${JSON.stringify(error)}`);
    return value;
  };
  for (const [path, content] of Object.entries(FILES)) await must('write', { path, content });
  const { heads } = await must('workspace_status', {});
  const found = new Map();
  for (const pair of pairs) found.set(pair.name, await receipt(must, call, pair, heads));
  return found;
}

async function receipt(must, call, { path, args, limits, grant }, heads) {
  const result = await call('run_flow', { path, args, limits, seed: 1, startMs: START_MS, ...(grant ? { grant } : {}) });
  const record = result.ok ? result.value : await failed(must, path);
  const { value, logs = [], changes = [], artifacts = [], usage, guestHash } = record ?? {};
  if (result.ok && changes.length > 0) await must('restore', { at: heads });
  const counted = Object.fromEntries(COUNTED.map((name) => [name, usage?.[name]]));
  const told = { code: result.ok ? 'OK' : result.error.code, error: result.error, value, changes, artifacts, logs: logs.map(({ level, source, text }) => ({ level, source, text })), ...counted };
  // A run's name is random.
  const named = JSON.stringify(told).replaceAll(record?.run ?? '\0', 'RUN');
  return { ...JSON.parse(named), fuel: usage?.fuel ?? 0, guestHash };
}

/** The record of the flow's last run, which has failed, with its logs. What keeps a flow from being run leaves none. */
async function failed(must, path) {
  const [latest] = (await must('flow_runs', { path: path.replace(/::.*/, ''), limit: 1 })).runs;
  if (latest?.status !== 'failed') return undefined;
  const { run } = latest;
  return { ...(await must('flow_status', { run })), logs: (await must('flow_logs', { run })).entries };
}

/** How many units two runs may lie apart that were told by tools when a file was changed: each digit of a time is read. */
const TOLD_FUEL_MAX = 10;

/**
 * What is not the same in two hosts, in words. What ends by the clock, or at the end of the stack, ends at no certain place: a host's
 * own stack may be at its end before the guest's is. So of that only the code counts.
 */
export function differences(pairs, here, there) {
  const words = [];
  for (const { name, timed, told, code } of pairs) {
    const { fuel: fuelHere, guestHash: _, ...one } = here.get(name);
    const { fuel: fuelThere, guestHash: __, ...other } = there.get(name);
    const isSomewhere = timed || code === 'QUOTA_STACK';
    for (const key of isSomewhere ? ['code'] : new Set([...Object.keys(one), ...Object.keys(other)])) {
      // As text: the order of keys counts.
      const [a, b] = [one, other].map((receipt) => JSON.stringify(receipt[key]) ?? 'nothing');
      if (a !== b) words.push(`${name}: ${key} is ${shownFrom(a, b)}, and ${shownFrom(b, a)}`);
    }
    if (!isSomewhere && Math.abs(fuelHere - fuelThere) > (told ? TOLD_FUEL_MAX : 0)) words.push(`${name}: ${fuelHere} units of fuel, and ${fuelThere}`);
  }
  return words;
}

/** A text from shortly before the place where it is not the other one any more. */
function shownFrom(text, other) {
  let at = 0;
  while (at < text.length && text[at] === other[at]) at += 1;
  const from = Math.max(0, at - 40);
  return `${from ? '…' : ''}${text.slice(from, from + 300)}${text.length > from + 300 ? '…' : ''}`;
}
