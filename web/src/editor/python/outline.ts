// What a Python text defines and imports, read off the editor's own tree: nothing is run, and a text that is being typed will do.

import { pythonLanguage } from '@codemirror/lang-python';
import type { SyntaxNode } from '@lezer/common';

/** The most names of a file that are listed. */
export const NAMES_MAX = 2_000;
const DOC_CHARS_MAX = 600;
const DETAIL_CHARS_MAX = 200;

export interface Definition {
  name: string;
  kind: 'function' | 'class' | 'variable';
  /** Where its name stands in the text. */
  at: number;
  /** The signature of a function, the bases of a class. */
  detail: string;
  doc?: string;
  /** What a class defines. */
  members?: Definition[];
}

/** A name that an import binds: to a module, or to something in it. */
export interface Import {
  name: string;
  module: string;
  member?: string;
  at: number;
}

export interface Outline {
  definitions: Definition[];
  imports: Import[];
}

export function outlineOf(text: string): Outline {
  return readBody(pythonLanguage.parser.parse(text).topNode, text);
}

function readBody(body: SyntaxNode, text: string): Outline {
  const outline: Outline = { definitions: [], imports: [] };
  const waiting = [...childrenOf(body)].reverse();
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (outline.definitions.length + outline.imports.length >= NAMES_MAX) break;
    if (node.name === 'ImportStatement') outline.imports.push(...readImport(node, text));
    else if (node.name === 'AssignStatement') outline.definitions.push(...assigned(node, text).map(({ name, at }): Definition => ({ name, kind: 'variable', at, detail: '' })));
    else if (node.name === 'FunctionDefinition' || node.name === 'ClassDefinition') {
      const definition = readDefinition(node, text);
      if (definition) outline.definitions.push(definition);
    }
    // What stands in `if`, `try` and `with` is defined as well as what does not, and so is what is decorated.
    else if (/^(?:Decorated|If|Try|With)Statement$/.test(node.name)) waiting.push(...childrenOf(node).flatMap((child) => (child.name === 'Body' ? childrenOf(child) : [child])).reverse());
  }
  return outline;
}

function readDefinition(node: SyntaxNode, text: string): Definition | undefined {
  const name = node.getChild('VariableName');
  const body = node.getChild('Body');
  if (!name) return undefined;
  const doc = body && docOf(body, text);
  const common = { name: slice(text, name), at: name.from, ...(doc ? { doc } : {}) };
  if (node.name === 'FunctionDefinition') {
    const returns = node.getChild('TypeDef');
    return { ...common, kind: 'function', detail: oneLine(`${slice(text, node.getChild('ParamList'))}${returns ? ` ${slice(text, returns)}` : ''}`) };
  }
  const members = body ? [...readBody(body, text).definitions, ...fieldsOf(body, text)] : [];
  return { ...common, kind: 'class', detail: oneLine(slice(text, node.getChild('ArgList'))), members: members.filter((one, index) => members.findIndex(({ name }) => name === one.name) === index) };
}

/** What `__init__` gives an object: `self.name = …`. */
function fieldsOf(body: SyntaxNode, text: string): Definition[] {
  const init = body.getChildren('FunctionDefinition').find((one) => slice(text, one.getChild('VariableName')) === '__init__');
  return childrenOf(init?.getChild('Body') ?? null).flatMap((node) => {
    const target = node.name === 'AssignStatement' ? node.firstChild : null;
    const name = target?.name === 'MemberExpression' && slice(text, target.firstChild) === 'self' ? target.getChild('PropertyName') : null;
    return name ? [{ name: slice(text, name), kind: 'variable' as const, at: name.from, detail: '' }] : [];
  });
}

/** The names on the left of an assignment. */
export function assigned(node: SyntaxNode, text: string): { name: string; at: number }[] {
  const names: { name: string; at: number }[] = [];
  for (const child of childrenOf(node)) {
    if (child.name === 'AssignOp') break;
    for (const one of child.name === 'TupleExpression' ? childrenOf(child) : [child]) if (one.name === 'VariableName') names.push({ name: slice(text, one), at: one.from });
  }
  return names;
}

/** `import a.b as c, d` and `from .a import (b as c, d)`. */
export function readImport(node: SyntaxNode, text: string): Import[] {
  const imports: Import[] = [];
  let from: string | undefined;
  let words: SyntaxNode[] = [];
  let dotted = '';
  let alias: SyntaxNode | undefined;
  let isAlias = false;
  const end = (): void => {
    const first = words[0];
    if (first && from !== undefined) imports.push({ name: slice(text, alias ?? first), module: from, member: slice(text, first), at: (alias ?? first).from });
    // `import a.b` binds `a`, which leads to `b`.
    else if (first) imports.push({ name: slice(text, alias ?? first), module: alias ? dotted : slice(text, first), at: (alias ?? first).from });
    [words, dotted, alias, isAlias] = [[], '', undefined, false];
  };
  const isFrom = node.firstChild?.name === 'from';
  for (const child of childrenOf(node)) {
    if (child.name === 'import') {
      if (isFrom) from = dotted;
      [words, dotted] = [[], ''];
    } else if (child.name === ',') end();
    else if (child.name === 'as') isAlias = true;
    else if (child.name === '.' || child.name === '...') dotted += child.name;
    else if (child.name === 'VariableName') {
      if (isAlias) alias = child;
      else {
        words.push(child);
        dotted += slice(text, child);
      }
    }
  }
  end();
  return imports;
}

function docOf(body: SyntaxNode, text: string): string | undefined {
  const first = childrenOf(body).find((child) => child.name !== ':');
  const string = first?.name === 'ExpressionStatement' ? first.getChild('String') : null;
  if (!string) return undefined;
  const inner = slice(text, string).replace(/^[rRuU]?(?:"""|'''|"|')/, '').replace(/(?:"""|'''|"|')$/, '');
  return inner.split('\n').map((line) => line.trim()).join('\n').trim().slice(0, DOC_CHARS_MAX) || undefined;
}

export function childrenOf(node: SyntaxNode | null): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node?.firstChild ?? null; child; child = child.nextSibling) children.push(child);
  return children;
}

const slice = (text: string, node: SyntaxNode | null): string => (node ? text.slice(node.from, node.to) : '');
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').slice(0, DETAIL_CHARS_MAX);
