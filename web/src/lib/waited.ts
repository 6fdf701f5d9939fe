// How long a run waited for a person: its clock stands still meanwhile, and the time from its beginning to its end does not.

import { duration } from './format';
import type { Run } from './runs.svelte';
import type { Decision, RunRecord } from './tools';

const ANSWERS: ReadonlySet<string> = new Set(['approved', 'refused', 'expired']);

/** Milliseconds in which something that a person was asked about had no answer. What a dry run would ask about has no digest. */
export function waitedMs(decisions: readonly Decision[] = []): number {
  let [waited, until] = [0, 0];
  for (const [at, { verdict, digest, what, atMs }] of decisions.entries()) {
    if (verdict !== 'asked' || digest === undefined) continue;
    // By what was asked: the digest is another one where others changed the same files meanwhile.
    const answered = decisions.slice(at).find((one) => ANSWERS.has(one.verdict) && one.what === what)?.atMs ?? 0;
    waited += Math.max(0, answered - Math.max(until, atMs));
    until = Math.max(until, answered);
  }
  return waited;
}

const told = (waitedMs: number): string => `waited ${duration(waitedMs)} for approval`;

/** How long a run took, without and with what it waited. */
export function took({ durationMs, decisions }: Pick<RunRecord, 'durationMs' | 'decisions'>): string {
  const waited = waitedMs(decisions);
  return duration(Math.max(0, durationMs - waited)) + (waited ? `, ${told(waited)}` : '');
}

/** The same of a run that goes on, by the states that it was seen in: in whole seconds, and nothing before there is one. */
export function soFar(seen: Run['seen'], nowMs: number): string {
  const ms = { went: 0, waited: 0 };
  for (const [at, { status, sinceMs }] of seen.entries()) ms[status === 'waiting' ? 'waited' : 'went'] += Math.max(0, (seen[at + 1]?.sinceMs ?? nowMs) - sinceMs);
  const whole = (one: number): number => Math.floor(one / 1_000) * 1_000;
  return [whole(ms.went) && duration(whole(ms.went)), whole(ms.waited) && told(whole(ms.waited))].filter(Boolean).join(', ');
}
