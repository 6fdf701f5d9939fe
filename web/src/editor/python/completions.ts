// Completion in Python: modules of the workspace and what they define, and the package `bifrost`.

import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { pythonLanguage } from '@codemirror/lang-python';
import { syntaxTree } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { workspaceNames } from '../names';
import { completeReference } from '../references';
import { Resolver, type Offer } from './resolve';

const WORD = /^[\p{L}\p{N}_]*$/u;

/** The names of the file, of the language and of its library are the language's own. */
export const pythonCompletions: Extension = [pythonLanguage.data.of({ autocomplete: completePython }), pythonLanguage.data.of({ autocomplete: completeReference })];

export async function completePython(context: CompletionContext): Promise<CompletionResult | null> {
  const names = context.state.facet(workspaceNames);
  const inside = syntaxTree(context.state).resolveInner(context.pos, -1);
  if (!names || /String|Comment/.test(inside.name)) return null;
  const before = statementBefore(context);
  const resolver = new Resolver(names);
  const imports = importBefore(before);
  if (imports) {
    const { module, typed, member } = imports;
    const thing = member ? resolver.module(module) : undefined;
    return offered(context, typed, member ? (thing ? await resolver.offers(thing) : []) : resolver.modules(module));
  }
  const chain = /((?:[\p{L}_][\p{L}\p{N}_]*\s*\.\s*)+)([\p{L}\p{N}_]*)$/u.exec(before);
  if (!chain || /[\p{L}\p{N}_.)\]]$/u.test(before.slice(0, chain.index))) return null;
  const thing = await resolver.chain((chain[1] ?? '').split('.').map((one) => one.trim()).filter(Boolean));
  return offered(context, chain[2] ?? '', thing ? await resolver.offers(thing) : []);
}

/** What stands before the cursor: of an import, from where that begins, else the line. */
function statementBefore(context: CompletionContext): string {
  const line = context.state.doc.lineAt(context.pos);
  let node = syntaxTree(context.state).resolveInner(context.pos, -1);
  while (node.parent && node.name !== 'ImportStatement') node = node.parent;
  const from = node.name === 'ImportStatement' ? Math.min(node.from, line.from) : line.from;
  return context.state.sliceDoc(from, context.pos).replace(/\\?\n\s*/g, ' ');
}

/** An import that is being written: what it is from, and whether a module or something in one is next. */
export function importBefore(text: string): { module: string; typed: string; member: boolean } | undefined {
  const from = /^\s*from\s+([\p{L}\p{N}_.]+)\s+import\s+\(?\s*(?:[\p{L}\p{N}_]+(?:\s+as\s+[\p{L}\p{N}_]+)?\s*,\s*)*([\p{L}\p{N}_]*)$/u.exec(text);
  if (from) return { module: from[1] ?? '', typed: from[2] ?? '', member: true };
  const path = /^\s*(?:from\s+|import\s+(?:[\p{L}\p{N}_.]+(?:\s+as\s+[\p{L}\p{N}_]+)?\s*,\s*)*)([\p{L}\p{N}_.]*)$/u.exec(text)?.[1];
  if (path === undefined) return undefined;
  const dot = path.lastIndexOf('.');
  return { module: path.slice(0, Math.max(0, dot)), typed: path.slice(dot + 1), member: false };
}

function offered(context: CompletionContext, typed: string, offers: Offer[]): CompletionResult | null {
  return offers.length ? { from: context.pos - typed.length, options: offers.map(toCompletion), validFor: WORD } : null;
}

const TYPES = { function: 'function', class: 'class', variable: 'variable', module: 'namespace' } as const;

const toCompletion = ({ name, kind, detail, doc }: Offer): Completion => ({
  label: name,
  type: TYPES[kind],
  ...(detail ? { detail: detail.length > 48 ? `${detail.slice(0, 47)}…` : detail } : {}),
  ...(doc || detail.length > 48 ? { info: [kind === 'function' ? `${name}${detail}` : '', doc].filter(Boolean).join('\n\n') } : {}),
  // What is private is last.
  boost: name.startsWith('_') ? -1 : 2,
});
