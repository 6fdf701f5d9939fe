// Requests for approval as `approval_list` gives them. The Rust module `selvage_tool::decision` is the source.

/** One file that would change. */
export interface Proposed {
  op: 'write' | 'mkdir' | 'move' | 'remove' | 'keep';
  path: string;
  to?: string;
  /** SHA-256 of what is there now, and of what would be there. */
  before?: string;
  after?: string;
  size: number;
  /** A unified diff, of texts that are not too long for one. */
  diff?: string;
}

/** What waits for a person. */
export interface Approval {
  approval: string;
  /** `agent NAME`, `person NAME` or `run NAME`. */
  who: string;
  /** The run that waits. */
  run?: string;
  tool: string;
  what: string;
  /** The rules that have it asked. */
  reason: string;
  risks: string[];
  changes: Proposed[];
  /** An approval is of this and nothing else. */
  digest: string;
  askedMs: number;
  expiresMs: number;
  onExpiry: 'deny' | 'allow';
  /** Another tab of this browser asks. */
  elsewhere?: true;
}

/** Who asks, in a few words: of a run, its flow where that is known. */
export const askerOf = (one: Approval, flow?: string): string => (one.run === undefined ? one.who : flow === undefined ? 'A run' : `The run of ${flow}`);

/** The run that a decision says asked, where one did. */
export const runOf = (who: string): string | undefined => /^run (.+)$/.exec(who)?.[1];

export type { Decision, Verdict } from '../lib/tools';
