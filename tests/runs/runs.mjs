// One table of flows with arguments, for every host that runs flows: what each comes to is compared.

import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const START_MS = 1_700_000_000_000;

/** The table as it is written. */
const table = JSON.parse(readFileSync(`${FOLDER}table.json`, 'utf8'));

/** Every pair: `{ name, path, args, limits, grant, code, timed }`. */
export const PAIRS = table.programs.flatMap(({ program, limits, grant, timed = false, cases }) =>
  cases.map(([args, code]) => ({
    name: `${program} ${JSON.stringify(args)}${grant ? ' confined' : ''}`,
    path: `flows/t/${program}`,
    args,
    limits: { ...table.limits, ...limits },
    grant,
    code,
    timed,
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
  const told = { code: result.ok ? 'OK' : result.error.code, error: result.error, value, changes, artifacts, logs: logs.map(({ level, source, text }) => ({ level, source, text })) };
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

/** How far two receipts may lie apart: a run's random name is part of its job, and names hash in different places. */
const sameFuel = (a, b) => Math.abs(a - b) <= 10 + a / 200;

/**
 * What is not the same in two hosts, in words. What ends by the clock ends at no certain place, so of that only the verdict counts;
 * a program that meets the end of the stack may meet another limit first, where the host's own stack is larger or smaller.
 */
export function differences(pairs, here, there) {
  const words = [];
  for (const { name, timed, code } of pairs) {
    const { fuel: fuelHere, guestHash: _, ...one } = here.get(name);
    const { fuel: fuelThere, guestHash: __, ...other } = there.get(name);
    if (timed || code === 'QUOTA_STACK') {
      if (one.code !== other.code && code !== 'QUOTA_STACK') words.push(`${name}: ${one.code}, and ${other.code}`);
      continue;
    }
    for (const key of Object.keys(one)) {
      const [a, b] = [JSON.stringify(one[key]) ?? '', JSON.stringify(other[key]) ?? ''];
      if (a !== b) words.push(`${name}: ${key} is ${a.slice(0, 300)}, and ${b.slice(0, 300)}`);
    }
    if (!sameFuel(fuelHere, fuelThere)) words.push(`${name}: ${fuelHere} units of fuel, and ${fuelThere}`);
  }
  return words;
}
