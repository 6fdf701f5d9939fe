// What a list of calls shows: which of them, and each in short.

import type { Call } from './agents.svelte';

/** Calls of one agent, or of all; only what failed, or all. */
export function shownCalls(calls: readonly Call[], agent: string, failed: boolean): readonly Call[] {
  if (agent === '' && !failed) return calls;
  return calls.filter((call) => (agent === '' || call.agent === agent) && (!failed || call.end?.ok === false));
}

/** The input in one line: what is named first is what the call is about. */
export function inShort(input: string): string {
  const value = parsed(input);
  if (typeof value !== 'object' || value === null) return input === 'null' ? '' : input;
  return Object.entries(value)
    .map(([key, part]) => (key === 'path' && typeof part === 'string' ? part : `${key}: ${typeof part === 'string' ? part.replace(/\s+/g, ' ') : JSON.stringify(part)}`))
    .join(' · ');
}

/** JSON as people read it; what was cut stands as it is. */
export function inLong(text: string): string {
  const value = parsed(text);
  return value === undefined ? text : JSON.stringify(value, null, 2);
}

/** The code of an error. */
export function codeOf(answer: string): string {
  const value = parsed(answer) as { code?: unknown } | undefined;
  return typeof value?.code === 'string' ? value.code : 'failed';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What an agent is called in the history, as people call it. */
export function agentTitle(name: string): string {
  return name === 'page' ? 'Scripts of this page' : name === 'WebMCP' ? 'Agents of the browser' : name === 'Electron' ? 'The desktop app' : name;
}
