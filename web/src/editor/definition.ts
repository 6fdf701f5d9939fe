// Where the name at a place of a text is defined: a function, a class or a module, in this file or in another one.

import { ensureSyntaxTree, syntaxTree } from '@codemirror/language';
import type { EditorState } from '@codemirror/state';
import type { SyntaxNode } from '@lezer/common';
import { workspaceNames, type WorkspaceNames } from './names';
import { assigned, childrenOf, readImport } from './python/outline';
import { Resolver, type Thing } from './python/resolve';
import { referenceAt } from './references';

export interface Target {
  path: string;
  line: number;
  column: number;
}

/** How long a text is parsed for it; what is not parsed by then leads nowhere. */
const PARSE_MS_MAX = 500;

/** Where a name leads, or why it leads nowhere that can be shown. */
export type Definition = Target | { elsewhere: string } | undefined;

export async function definitionAt(state: EditorState, pos: number): Promise<Definition> {
  ensureSyntaxTree(state, state.doc.length, PARSE_MS_MAX);
  const names = state.facet(workspaceNames);
  if (!names) return undefined;
  const [found, ...others] = referenceAt(state, pos);
  if (found && others.length === 0) return { path: found.path, line: found.entry?.line ?? 1, column: 1 };
  if (others.length) return { elsewhere: 'Several functions are called so. Name one by its path: `path::function`.' };
  if (!names.path.endsWith('.py')) return undefined;
  const node = nameAt(state, pos);
  if (!node) return undefined;
  const local = localBinding(state, node);
  if (local !== undefined) return targetIn(state, names.path, local);
  return leadTo(await thingAt(state, node, names), names, state);
}

/** The name that the place is in, or right behind. */
function nameAt(state: EditorState, pos: number): SyntaxNode | undefined {
  return ([1, -1] as const).map((side) => syntaxTree(state).resolveInner(pos, side)).find(({ name }) => name === 'VariableName' || name === 'PropertyName');
}

async function thingAt(state: EditorState, node: SyntaxNode, names: WorkspaceNames): Promise<Thing | undefined> {
  const resolver = new Resolver(names);
  const text = (one: SyntaxNode): string => state.sliceDoc(one.from, one.to);
  const statement = node.parent?.name === 'ImportStatement' ? node.parent : undefined;
  if (statement) {
    const source = state.doc.toString();
    const children = childrenOf(statement);
    const isFrom = statement.firstChild?.name === 'from';
    const imported = children.findIndex(({ name }) => name === 'import');
    const at = children.findIndex(({ from }) => from === node.from);
    if (isFrom && at > imported) {
      const alias = children[at - 1]?.name === 'as';
      const one = readImport(statement, source).find(({ name, member }) => (alias ? name : member) === text(node));
      return one && resolver.imported(one.module, one.member);
    }
    // Of `a.b.c`, the name at the place leads to the module up to there.
    let first = at;
    while (['VariableName', '.', '...'].includes(children[first - 1]?.name ?? '')) first--;
    if (children[at - 1]?.name === 'as') {
      const one = readImport(statement, source).find(({ name }) => name === text(node));
      return one && resolver.module(one.module);
    }
    return resolver.module(children.slice(first, at + 1).map(text).join(''));
  }
  const chain = chainTo(node, text);
  return chain && resolver.chain(chain);
}

/** `["prices", "total"]` of the `total` in `prices.total`; nothing where it hangs on more than names. */
function chainTo(node: SyntaxNode, text: (one: SyntaxNode) => string): string[] | undefined {
  if (node.name === 'VariableName') return [text(node)];
  const owner = node.parent?.name === 'MemberExpression' ? node.parent.firstChild : null;
  const inner = owner?.name === 'MemberExpression' ? owner.getChild('PropertyName') : owner?.name === 'VariableName' ? owner : null;
  const before = inner && chainTo(inner, text);
  return before ? [...before, text(node)] : undefined;
}

/** Where a name is bound inside the functions around it. */
function localBinding(state: EditorState, node: SyntaxNode): number | undefined {
  if (node.name !== 'VariableName') return undefined;
  const wanted = state.sliceDoc(node.from, node.to);
  const text = state.doc.toString();
  for (let up = node.parent; up; up = up.parent) {
    if (up.name !== 'FunctionDefinition' && up.name !== 'LambdaExpression') continue;
    const parameter = childrenOf(up.getChild('ParamList')).find((one) => one.name === 'VariableName' && text.slice(one.from, one.to) === wanted && one.prevSibling?.name !== 'AssignOp');
    if (parameter) return parameter.from;
    const bound = up.name === 'FunctionDefinition' ? boundIn(up.getChild('Body'), wanted, text) : undefined;
    if (bound !== undefined) return bound;
  }
  return undefined;
}

/** The first binding of a name in a body, functions in it left out. */
function boundIn(body: SyntaxNode | null, wanted: string, text: string): number | undefined {
  const is = (node: SyntaxNode | null): node is SyntaxNode => node?.name === 'VariableName' && text.slice(node.from, node.to) === wanted;
  const waiting = [...childrenOf(body)].reverse();
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node.name === 'FunctionDefinition' || node.name === 'ClassDefinition') {
      const name = node.getChild('VariableName');
      if (is(name)) return name.from;
      continue;
    }
    if (node.name === 'AssignStatement') {
      const found = assigned(node, text).find(({ name }) => name === wanted);
      if (found) return found.at;
    }
    if (is(node) && (node.prevSibling?.name === 'as' || (node.parent?.name === 'ForStatement' && node.prevSibling?.name === 'for'))) return node.from;
    waiting.push(...childrenOf(node).reverse());
  }
  return undefined;
}

async function leadTo(thing: Thing | undefined, names: WorkspaceNames, state: EditorState): Promise<Definition> {
  switch (thing?.kind) {
    case undefined:
      return undefined;
    case 'module':
      return { path: thing.path, line: 1, column: 1 };
    case 'folder':
      return { elsewhere: `\`${thing.folder}/\` is a folder of modules.` };
    case 'package':
      return { elsewhere: `\`${thing.definition.name}\` is part of the package \`bifrost\`, which comes with Selvage.` };
    case 'definition': {
      if (thing.path === names.path) return targetIn(state, thing.path, thing.definition.at);
      const before = ((await names.read(thing.path)) ?? '').slice(0, thing.definition.at);
      return { path: thing.path, line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') };
    }
  }
}

function targetIn(state: EditorState, path: string, at: number): Target {
  const line = state.doc.lineAt(at);
  return { path, line: line.number, column: at - line.from + 1 };
}
