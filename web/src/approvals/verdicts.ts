// How decisions look, in every list of them.

import type { Decision, RunStatus, Verdict } from '../lib/tools';

type Look = [label: string, tone: string, icon: string];

/** A decision as people read it: its word, and how it looks. */
const VERDICTS: Record<Verdict, Look> = {
  allowed: ['Allowed', 'good', 'check'],
  denied: ['Denied', 'bad', 'ban'],
  asked: ['Asked', '', 'clock'],
  approved: ['Approved', 'good', 'circle-check'],
  refused: ['Refused', 'bad', 'circle-x'],
  expired: ['Expired', 'warn', 'clock'],
};

const CANCELLED: Look = ['Cancelled', 'warn', 'ban'];

/** How a decision about a run looks that is `ran` by now. The engine's verdict is that nobody answered; why, it says beside that. */
export function verdictLook({ verdict, reason }: Pick<Decision, 'verdict' | 'reason'>, ran: RunStatus | undefined): Look {
  const isCancelled = reason === 'the run is cancelled' || (reason === 'the run is over' && ran === 'cancelled');
  return verdict === 'expired' && isCancelled ? CANCELLED : VERDICTS[verdict];
}
