// Flows as lists show them: the files, what is in them to run, what the manifest names, and their runs.

import { nameOf } from './paths';
import { referenceOf, type FlowSummary, type Grant, type InputSpec, type Limits, type Ran, type RunRecord, type RunSummary } from './tools';

/** What the manifest of flows says of one that it names, as far as the page shows it. */
export interface NamedFlow {
  /** A path, or `path::function`. */
  entry: string;
  description?: string;
  inputs?: InputSpec[];
  args?: Record<string, unknown>;
  env?: Record<string, string>;
  grant?: Partial<Grant>;
  limits?: Partial<Limits>;
  triggers?: { on: string }[];
}

/** A flow that the manifest names, with what it says. */
export type Named = FlowSummary & { manifest: NamedFlow };

/** Tells flows apart: a file, and each name that the manifest gives it. */
export const flowKey = ({ path, name, named }: Pick<FlowSummary, 'path' | 'name' | 'named'>): string => (named ? `${path}\n${name}` : path);

/** What a flow is called in lists. */
export const flowTitle = ({ name, title, named }: FlowSummary): string => (named ? name : (title ?? name));

/** What a run is called in lists: by its file and the function that ran. */
export const ranTitle = (ran: Ran): string => referenceOf({ path: nameOf(ran.path), function: ran.function });

/** The same for each of some runs; by the whole path where another file has the same name. */
export function ranTitles(runs: readonly Ran[]): (ran: Ran) => string {
  const names = [...new Set(runs.map(({ path }) => path))].map(nameOf);
  const alike = new Set(names.filter((name, at) => names.indexOf(name) !== at));
  return (ran) => (alike.has(nameOf(ran.path)) ? referenceOf(ran) : ranTitle(ran));
}

/** What the history shows of a run whose record is here. */
export const summaryOf = ({ run, path, function: called, status, startedMs, durationMs, record, error, dryRun }: RunRecord): RunSummary => ({
  run, path, status, startedMs, durationMs, record, ...(called === undefined ? {} : { function: called }), ...(error ? { code: error.code } : {}), ...(dryRun ? { dryRun } : {}),
});

export interface Runnable {
  path: string;
  function?: string;
  /** As `run_flow` takes it. */
  reference: string;
  title: string;
}

/** All that can be run by itself: functions where a file has some, else the file. */
export const runnables = (flows: readonly FlowSummary[]): Runnable[] =>
  flows.flatMap(({ path, name, title, entries = [] }): Runnable[] =>
    entries.length === 0
      ? [{ path, reference: path, title: title ?? name }]
      : entries.map((entry) => ({ path, function: entry.function, reference: referenceOf({ path, function: entry.function }), title: entry.name })),
  );
