// What a person can do about a run that failed, where one button does it.

import type { Allowance } from './allowances';
import { limitField } from './limits';
import { moreOf } from './run-form';
import type { LimitName, Limits, RunRecord } from './tools';

/** What the title says, and nothing else: the record that it comes from may be anybody's. */
export interface Remedy {
  title: string;
  /** What the next run may use. */
  limits?: Partial<Limits>;
  /** What the flow may fetch from or call on this device from now on. */
  allow?: { kind: Allowance; name: string };
}

const LIMITS: Record<string, LimitName> = { QUOTA_CPU: 'cpuMsMax', QUOTA_WALL: 'wallMsMax', QUOTA_FUEL: 'fuelMax' };

export function remedyOf(record: RunRecord): Remedy | undefined {
  const { error } = record;
  if (!error) return undefined;
  const limit = LIMITS[error.code];
  if (limit && record.limits?.[limit] !== undefined) {
    const more = moreOf(record.limits[limit]);
    const field = limitField(limit);
    return { title: `Run again with ${field?.show(more)} of ${field?.label.toLowerCase()}`, limits: { [limit]: more } };
  }
  // Only the hint names what is missing as data; a refusal without it is not mended by a grant.
  const [, member, name] = (error.code === 'POLICY_DENIED' && /(allowNet|allowTools): \["([^"]+)"\]/.exec(error.hint ?? '')) || [];
  if (name === undefined) return undefined;
  const kind: Allowance = member === 'allowNet' ? 'net' : 'tools';
  return { title: `Allow ${name} and run again`, allow: { kind, name } };
}

/** The argument that a function did not take, where it says so, and why. */
export function refusedArgument({ error }: Pick<RunRecord, 'error'>): { name: string; message: string } | undefined {
  const name = error?.code === 'INVALID_INPUT' ? /\b[Tt]he argument `([^`]+)`/.exec(error.message)?.[1] : undefined;
  return error && name !== undefined ? { name, message: error.message } : undefined;
}
