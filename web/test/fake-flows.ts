// The fixture's flows as `flow_list` has them, and what its manifest makes of a call.

import type { NamedFlow } from '../src/lib/flows';
import { FLOWS_FILE, isFlow, nameOf } from '../src/lib/paths';
import { fileOf, type FlowSummary } from '../src/lib/tools';
import { fakeLint } from './fake-lint';

type Texts = (path: string) => string | undefined;

const manifestOf = (text: Texts): Record<string, NamedFlow> => (JSON.parse(text(FLOWS_FILE) ?? '{"flows":{}}') as { flows: Record<string, NamedFlow> }).flows;

/** The files, and then each of them once more for every name that the manifest gives it. */
export function fakeFlows(paths: string[], text: Texts): FlowSummary[] {
  const files = paths.filter(isFlow).map((path): FlowSummary => {
    const { title, description, shape, inputs, entries } = fakeLint(path, text(path) ?? '');
    return { path, name: nameOf(path).replace(/\.(flow\.m?js|py)$/, ''), inputs, ...(title ? { title } : {}), ...(description ? { description } : {}), ...(shape ? { shape } : {}), ...(entries ? { entries } : {}), ...(text(path)?.includes('@unread') ? { unread: true } : {}) };
  });
  const named = Object.entries(manifestOf(text)).flatMap(([name, { entry, description, inputs }]): FlowSummary[] => {
    const file = files.find((one) => one.path === fileOf(entry));
    return file ? [{ ...file, name, ...(description ? { description } : {}), inputs: inputs?.length ? inputs : file.inputs, named: true }] : [];
  });
  return [...files, ...named];
}

/** A call of a name with what the manifest adds. */
export function planned(input: Record<string, unknown>, text: Texts): Record<string, unknown> {
  const named = manifestOf(text)[String(input['name'])];
  return named ? { ...input, path: named.entry, args: { ...named.args, ...(input['args'] as object) } } : input;
}
