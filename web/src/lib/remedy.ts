// What a person can do about a run that failed, where one button does it.

import type { Allowance } from './form-state.svelte';
import { moreOf } from './run-form';
import type { LimitName, RunRecord, RunRequest } from './tools';

export interface Remedy {
  title: string;
  /** What the next run is given besides what the record says. */
  request: Partial<RunRequest>;
  /** What the flow may fetch from or call on this device from now on. */
  allow?: { kind: Allowance; name: string };
}

const LIMITS: Record<string, LimitName> = { QUOTA_CPU: 'cpuMsMax', QUOTA_WALL: 'wallMsMax', QUOTA_FUEL: 'fuelMax' };

export function remedyOf(record: RunRecord): Remedy | undefined {
  const { error } = record;
  if (!error) return undefined;
  const limit = LIMITS[error.code];
  if (limit && record.limits?.[limit] !== undefined)
    return { title: 'Run again with twice as much', request: { limits: { ...record.limits, [limit]: moreOf(record.limits[limit]) } } };
  // Only the hint names what is missing as data; a refusal without it is not mended by a grant.
  const [, member, name] = (error.code === 'POLICY_DENIED' && /(allowNet|allowTools): \["([^"]+)"\]/.exec(error.hint ?? '')) || [];
  if (name === undefined) return undefined;
  const kind: Allowance = member === 'allowNet' ? 'net' : 'tools';
  return { title: `Allow ${name} and run again`, request: { [member!]: [...new Set([...(record.grant?.[kind] ?? []), name])] }, allow: { kind, name } };
}

/** The argument that a function did not take, where it says so, and why. */
export function refusedArgument({ error }: Pick<RunRecord, 'error'>): { name: string; message: string } | undefined {
  const name = error?.code === 'INVALID_INPUT' ? /\b[Tt]he argument `([^`]+)`/.exec(error.message)?.[1] : undefined;
  return error && name !== undefined ? { name, message: error.message } : undefined;
}
