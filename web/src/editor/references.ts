// References in texts: `workflow::name::function` and `path::function` as whole strings of JSON, YAML and Python.

import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { syntaxTree } from '@codemirror/language';
import { EditorState, type Extension } from '@codemirror/state';
import { meanings, portable, type Found } from '../forms/references';
import { runnables } from '../lib/flows';
import { withoutScope } from '../lib/paths';
import type { FlowSummary } from '../lib/tools';
import { workspaceNames } from './names';

/** The keys whose values are references. */
const KEYS = /workflow|tool|data_provider/;

/** A string, with what stands around it. */
interface Text {
  from: number;
  to: number;
  value: string;
  /** The keys that lead to it in its line and around it, where it has some. */
  keys: string;
}

/** Where a language has no completions of its own. */
export const referenceCompletions: Extension = EditorState.languageData.of(() => [{ autocomplete: completeReference }]);

export function completeReference(context: CompletionContext): CompletionResult | null {
  const names = context.state.facet(workspaceNames);
  const text = names && textAt(context.state, context.pos);
  if (!names || !text) return null;
  const typed = context.state.sliceDoc(text.from, context.pos);
  const isWanted = KEYS.test(text.keys) || /^workflow:|::|^[\w-]+\/[\w/-]*$/.test(typed);
  if (!isWanted && !context.explicit) return null;
  return { from: text.from, to: text.to, options: referencesOf(names.flows(), /data_provider/.test(text.keys)), validFor: /^[^"'\n]*$/ };
}

/** All that can be run, by the ways to name it; data providers first where one is wanted. */
export function referencesOf(flows: readonly FlowSummary[], wantsProvider: boolean): Completion[] {
  return runnables(flows).flatMap(({ path, function: name, reference, title }): Completion[] => {
    const entry = flows.find((flow) => flow.path === path)?.entries?.find((one) => one.function === name);
    const boost = (entry?.kind === 'dataProvider') === wantsProvider ? 2 : 0;
    const common = { type: 'function', detail: title, boost, ...(entry?.description ? { info: entry.description } : {}) };
    const other = name === undefined ? undefined : portable(path, name, flows);
    return [{ label: withoutScope(reference), ...common }, ...(other === undefined ? [] : [{ label: other, ...common }])];
  });
}

/** What the reference at a place may mean. */
export function referenceAt(state: EditorState, pos: number): Found[] {
  const names = state.facet(workspaceNames);
  const text = names && textAt(state, pos);
  // A bare name is a word like any other, but for the keys that name what is run.
  if (!text || !(KEYS.test(text.keys) || text.value.includes('::') || text.value.includes('/'))) return [];
  return meanings(text.value, names.flows());
}

function textAt(state: EditorState, pos: number): Text | undefined {
  const node = syntaxTree(state).resolveInner(pos, -1);
  if (node.name === 'String') {
    const written = state.sliceDoc(node.from, node.to);
    const quote = /^[rRuUbB]{0,2}("""|'''|"|')/.exec(written);
    if (!quote) return undefined;
    const from = node.from + quote[0].length;
    const isClosed = written.length > quote[0].length && written.endsWith(quote[1] ?? '"');
    const to = isClosed ? node.to - (quote[1]?.length ?? 1) : node.to;
    if (pos < from || pos > to || state.doc.lineAt(from).number !== state.doc.lineAt(to).number) return undefined;
    const keys: string[] = [];
    for (let up = node.parent; up; up = up.parent) {
      const name = up.name === 'Property' ? up.getChild('PropertyName') : null;
      if (name) keys.push(state.sliceDoc(name.from, name.to));
    }
    return { from, to, value: state.sliceDoc(from, to), keys: keys.join(' ') };
  }
  return /\.ya?ml$/.test(state.facet(workspaceNames)?.path ?? '') ? yamlTextAt(state, pos) : undefined;
}

/** A value of YAML on one line: there is no tree of that language here. */
function yamlTextAt(state: EditorState, pos: number): Text | undefined {
  const line = state.doc.lineAt(pos);
  const found = /^(\s*(?:-\s+)*(?:([\w-]+)\s*:\s+)?)(["']?)([^"'#{}[\]]*?)\3?\s*(?:#.*)?$/.exec(line.text);
  if (!found) return undefined;
  const [, before = '', key = '', quote = '', value = ''] = found;
  const from = line.from + before.length + quote.length;
  if (pos < from || pos > from + value.length) return undefined;
  // `id:` of a data provider stands one line further in.
  const above = line.number > 1 ? state.doc.line(line.number - 1).text.trim() : '';
  return { from, to: from + value.length, value, keys: `${key} ${key === 'id' ? above : ''}` };
}
