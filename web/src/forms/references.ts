// What a reference stands for, among the flows that are known: a path, `path::function`, `workflow::name::function`, or a name.
// The engine has the last word when it runs one; this is for links, hints and completion.

import { nameOf, withoutScope } from '../lib/paths';
import { fileOf, type FlowEntry, type FlowSummary } from '../lib/tools';

/** What portable references begin with. */
export const PORTABLE = 'workflow::';

export interface Found {
  path: string;
  entry?: FlowEntry;
}

/** All that a reference may mean; one, where it is clear. */
export function meanings(reference: string, flows: readonly FlowSummary[]): Found[] {
  const whole = flows.find(({ path }) => withoutScope(path) === reference);
  if (whole) return [{ path: whole.path, ...(whole.entries?.length === 1 && whole.entries[0] ? { entry: whole.entries[0] } : {}) }];
  const file = fileOf(reference);
  if (file !== reference) {
    const name = reference.slice(file.length + 2);
    return entriesOf(flows.filter(({ path }) => withoutScope(path) === file), (entry) => entry.function === name);
  }
  if (reference.startsWith(PORTABLE)) {
    const rest = reference.slice(PORTABLE.length);
    const at = rest.lastIndexOf('::');
    if (at < 0) return [];
    const files = flows.filter(({ path }) => path.endsWith('.py') && nameOf(path) === `${rest.slice(0, at)}.py`);
    return entriesOf(files, (entry) => entry.function === rest.slice(at + 2));
  }
  if (reference.includes('/')) return [];
  const files = flows.filter(({ name }) => name === reference);
  return files.length ? files.map(({ path }) => ({ path })) : entriesOf(flows, (entry) => entry.function === reference || entry.name === reference);
}

const entriesOf = (flows: readonly FlowSummary[], fits: (entry: FlowEntry) => boolean): Found[] =>
  flows.flatMap(({ path, entries = [] }) => entries.filter(fits).map((entry) => ({ path, entry })));

/** `workflow::crm::sync` of the function `sync` in `workflows/crm.py`, where no other file has the name. */
export function portable(path: string, name: string, flows: readonly FlowSummary[]): string | undefined {
  const stem = nameOf(path).replace(/\.py$/, '');
  return flows.filter((flow) => flow.path.endsWith('.py') && nameOf(flow.path) === nameOf(path)).length === 1 ? `${PORTABLE}${stem}::${name}` : undefined;
}
