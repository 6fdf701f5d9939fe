// How long a run waited for a person: its clock stands still meanwhile, and the time from its beginning to its end does not.

import { duration } from './format';
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

/** How long a run took, without and with what it waited. */
export function took({ durationMs, decisions }: Pick<RunRecord, 'durationMs' | 'decisions'>): string {
  const waited = waitedMs(decisions);
  return duration(Math.max(0, durationMs - waited)) + (waited ? `, waited ${duration(waited)} for approval` : '');
}
