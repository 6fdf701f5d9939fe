// How decisions look, in every list of them.

import type { Verdict } from '../lib/tools';

/** A decision as people read it: its word, and how it looks. */
export const VERDICTS: Record<Verdict, [label: string, tone: string, icon: string]> = {
  allowed: ['Allowed', 'good', 'check'],
  denied: ['Denied', 'bad', 'ban'],
  asked: ['Asked', '', 'clock'],
  approved: ['Approved', 'good', 'circle-check'],
  refused: ['Refused', 'bad', 'circle-x'],
  expired: ['Expired', 'warn', 'clock'],
};
