// What a person can do about a run that failed, where one button does it.

import { moreOf } from './run-form';
import type { LimitName, RunRecord, RunRequest } from './tools';

export interface Remedy {
  title: string;
  /** What the next run is given besides what the record says. */
  request: Partial<RunRequest>;
  /** A domain that the flow may fetch from on this device from now on. */
  allow?: string;
}

const LIMITS: Record<string, LimitName> = { QUOTA_CPU: 'cpuMsMax', QUOTA_WALL: 'wallMsMax', QUOTA_FUEL: 'fuelMax' };

export function remedyOf(record: RunRecord): Remedy | undefined {
  const { error } = record;
  if (!error) return undefined;
  const limit = LIMITS[error.code];
  if (limit && record.limits?.[limit] !== undefined)
    return { title: 'Run again with twice as much', request: { limits: { ...record.limits, [limit]: moreOf(record.limits[limit]) } } };
  // Only the hint names the domain as data; a refusal without it is not mended by a grant.
  const domain = error.code === 'POLICY_DENIED' ? /allowNet: \["([^"]+)"\]/.exec(error.hint ?? '')?.[1] : undefined;
  if (domain === undefined) return undefined;
  return { title: `Allow ${domain} and run again`, request: { allowNet: [...new Set([...(record.grant?.net ?? []), domain])] }, allow: domain };
}
