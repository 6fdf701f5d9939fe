// Finding text in all files of a workspace.

import type { Kernel } from './kernel';
import type { SearchMatch } from './tools';

/** The most matches that are shown. */
export const FOUND_MAX = 300;

export interface Found {
  matches: SearchMatch[];
  /** Whether there is more than the matches. */
  more: boolean;
  problem?: string;
}

/**
 * Looks in one entry of the top folder after the other, and in `runs` last and only with `records`: they repeat what other
 * files say, and by their path they would take the places of most.
 */
export async function findText(kernel: Kernel, tops: readonly string[], query: string, records: boolean, isWanted: () => boolean): Promise<Found> {
  const matches: SearchMatch[] = [];
  let more = false;
  for (const path of [...tops.filter((top) => top !== 'runs'), ...(records ? ['runs'] : [])]) {
    const limit = FOUND_MAX - matches.length;
    if (limit === 0) return { matches, more: true };
    if (!isWanted()) break;
    const result = await kernel.call('search', { query, in: 'content', path, limit });
    if (result.ok) {
      const found = result.value as { matches: SearchMatch[]; truncated: boolean };
      matches.push(...found.matches);
      more ||= found.truncated;
      // What went away meanwhile has no text.
    } else if (result.error.code !== 'NOT_FOUND') return { matches, more, problem: result.error.message };
  }
  return { matches, more };
}
