// Flows as lists show them: the files, what is in them to run, and what the manifest names.

import { referenceOf, type FlowSummary, type Grant, type InputSpec, type Limits } from './tools';

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
}

/** A flow that the manifest names, with what it says. */
export type Named = FlowSummary & { manifest: NamedFlow };

/** Tells flows apart: a file, and each name that the manifest gives it. */
export const flowKey = ({ path, name, named }: Pick<FlowSummary, 'path' | 'name' | 'named'>): string => (named ? `${path}\n${name}` : path);

/** What a flow is called in lists. */
export const flowTitle = ({ name, title, named }: FlowSummary): string => (named ? name : (title ?? name));

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
