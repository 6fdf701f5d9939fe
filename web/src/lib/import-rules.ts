// What of a zip takes effect by being there. Whoever opens such a file sees what it decides; whoever only imports it has to be told.

import type { NamedFlow } from './flows';
import { plural } from './format';
import { FLOWS_FILE, POLICY_FILE } from './paths';
import type { Unpacked } from './zip';

/** What says in which order mounted workspaces are looked through. */
const SCOPES_FILE = 'scopes.json';

/** What a file of a zip decides in the workspace, in words; nothing where it is a file like others. */
export function decides({ path, bytes }: Unpacked, replaces: boolean): string | undefined {
  switch (path.toLowerCase()) {
    case POLICY_FILE:
      return `The rules of what flows and agents may do here. ${replaces ? 'They replace the rules that you have now.' : 'There are none now; with these, agents may do only what a rule lets them.'}`;
    case FLOWS_FILE:
      return `${named(bytes)}${replaces ? ' They replace the named flows that you have now.' : ''}`;
    case SCOPES_FILE:
      return `The order in which mounted workspaces are looked through.${replaces ? ' It replaces the order that you have now.' : ''}`;
    default:
      return undefined;
  }
}

/** How many flows a manifest names, and what they do that nobody is asked about. */
function named(bytes: Uint8Array): string {
  const flows = flowsIn(bytes);
  const alone = flows.filter(runsByItself).length;
  const when = alone ? ` Run by themselves, when files change or the workspace is opened: ${alone} of ${flows.length}.` : '';
  return `${plural(flows.length, 'named flow')}, with what may be touched without asking you.${when}`;
}

/** What is in a zip may be anything. */
const runsByItself = (flow: NamedFlow | null): boolean => Array.isArray(flow?.triggers) && flow.triggers.some((trigger) => trigger?.on === 'change' || trigger?.on === 'start');

function flowsIn(bytes: Uint8Array): readonly (NamedFlow | null)[] {
  try {
    return Object.values((JSON.parse(new TextDecoder().decode(bytes)) as { flows?: Record<string, NamedFlow> }).flows ?? {});
  } catch {
    // It names nothing, and the workspace takes no manifest that it can't read.
    return [];
  }
}
