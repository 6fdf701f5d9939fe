// What a list of calls shows: which of them, each in short, and what a person or a rule said of it.

import type { Approval } from '../approvals/approval';
import type { Decision, Verdict } from '../lib/tools';
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
  const parts = Object.entries(value).map(([key, part]) => (key === 'path' && typeof part === 'string' ? part : `${key}: ${typeof part === 'string' ? part.replace(/[ \t\r\n]+/g, ' ') : JSON.stringify(part)}`));
  return parts.join(' · ');
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

/** What was said of a call: by a person, or by a rule (`reason`). One that still waits has the request. */
export interface Ruling {
  verdict: Verdict;
  reason: string;
  by?: string | undefined;
  approval?: string;
}

/** Rulings of what went on in a call, as far as they can be told: neither requests nor decisions name the call that they are about. */
export function rulingsOf(calls: readonly Call[], waiting: readonly Approval[], decided: readonly Decision[], flowOf: (run: string) => string | undefined): ReadonlyMap<number, Ruling> {
  const found = new Map<number, Ruling>();
  const give = (ruling: Ruling, what: string, candidates: readonly Call[]): void => {
    const free = candidates.filter(({ id }) => !found.has(id));
    const named = free.find((call) => isNamed(call, what));
    // Where nothing names it, only one call that it can be is believed.
    const call = named ?? (free.length === 1 ? free[0] : undefined);
    if (call) found.set(call.id, ruling);
  };
  for (const { approval, who, run, what, reason, askedMs } of waiting) {
    const flow = run === undefined ? undefined : flowOf(run);
    // Without a run it is a call that is held.
    const mayBe = ({ tool }: Call): boolean => run === undefined || tool === 'run_flow';
    const isIts = (call: Call): boolean => mayBe(call) && (call.end ? isRunOf(call, run) : goesOnAt(call, askedMs) && (who === `agent ${call.agent}` || (call.tool === 'run_flow' && flow !== undefined && call.input.includes(flow))));
    give({ verdict: 'asked', reason, approval }, what, calls.filter(isIts));
  }
  for (const call of calls) {
    const last = call.tool === 'run_flow' && call.end ? decisionsIn(call.end.answer).findLast(({ verdict }) => verdict !== 'asked' && verdict !== 'allowed') : undefined;
    if (last && !found.has(call.id)) found.set(call.id, last);
  }
  for (const one of decided) if (one.verdict !== 'asked' && one.verdict !== 'allowed') give(one, one.what, calls.filter((call) => call.end && (one.who === `agent ${call.agent}` ? goesOnAt(call, one.atMs) : isRunOf(call, /^run (.*)$/.exec(one.who)?.[1]))));
  return found;
}

const isRunOf = ({ tool, end }: Call, run: string | undefined): boolean => tool === 'run_flow' && run !== undefined && end?.run === run;

const goesOnAt = ({ atMs, end }: Call, at: number): boolean => atMs <= at && (!end || at <= atMs + end.durationMs);

/** Whether the sentence is about the tool or about something in the input: `write notes/a.md, and 2 more`, `call `delete``. */
function isNamed(call: Call, what: string): boolean {
  const name = /^\S+ (.+?)(?:, and \d+ more| with .*)?$/s.exec(what.replaceAll('`', ''))?.[1];
  return name !== undefined && (name === call.tool || call.input.includes(name));
}

function decisionsIn(answer: string): Decision[] {
  const { decisions } = (parsed(answer) ?? {}) as { decisions?: unknown };
  return Array.isArray(decisions) ? (decisions as Decision[]) : [];
}
