// What the functions of a flow that Selvage calls are given, read off the editor's own tree: `setup(flow)`, `init(setup)`,
// `run(services)` and a default export, whatever their parameter is called.

import { ensureSyntaxTree, syntaxTree } from '@codemirror/language';
import type { EditorState } from '@codemirror/state';
import type { SyntaxNode } from '@lezer/common';

/** What a name stands for: a type of the typings, or one of its members. */
export interface Given {
  type: string;
  path: string[];
}

/** The functions that declare inputs and outputs, and the type of `flow.d.ts` that each is given. */
const DECLARES: Record<string, string> = { setup: 'FlowSetup', init: 'FlowSetup' };
/** What `run` is given beside one of them. */
const RUNS = 'FlowServices';
/** What a default export is given. */
const EXPORTED = 'Flow';

/** How long a text is parsed for it; of what is not parsed by then, it goes by what there is. */
const PARSE_MS_MAX = 100;

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunction']);

/** What a name stands for at a place, when it is what one of these functions is given there. */
export function givenAs(state: EditorState, at: number, name: string): Given | undefined {
  const text = (node: SyntaxNode): string => state.sliceDoc(node.from, node.to);
  // Whether a function is one of these, what comes after it says, too.
  const tree = ensureSyntaxTree(state, state.doc.length, PARSE_MS_MAX) ?? syntaxTree(state);
  for (let node: SyntaxNode | null = tree.resolveInner(at, -1); node; node = node.parent) {
    const parameters = FUNCTIONS.has(node.name) ? node.getChild('ParamList') : null;
    const definition = parameters && definitionOf(parameters, name, text);
    if (!parameters || !definition) continue;
    const type = typeGivenTo(node, text);
    const path = type && pathTo(definition, parameters, text);
    // The innermost function that has such a parameter is the one that is meant.
    return type && path ? { type, path } : undefined;
  }
  return undefined;
}

/** Where a parameter of this name is defined, destructured or not. */
function definitionOf(parameters: SyntaxNode, name: string, text: (node: SyntaxNode) => string): SyntaxNode | undefined {
  let found: SyntaxNode | undefined;
  parameters.cursor().iterate((one) => {
    if (one.name === 'VariableDefinition' && text(one.node) === name) found = one.node;
    return !FUNCTIONS.has(one.name);
  });
  return found;
}

/** What is taken of the first parameter to get to a definition: nothing, or one member. */
function pathTo(definition: SyntaxNode, parameters: SyntaxNode, text: (node: SyntaxNode) => string): string[] | undefined {
  let first = parameters.firstChild;
  if (first?.name === '(') first = first.nextSibling;
  if (definition.from === first?.from) return [];
  const property = definition.parent;
  if (property?.name !== 'PatternProperty' || property.parent?.from !== first?.from) return undefined;
  return [text(property.getChild('PropertyName') ?? definition)];
}

/** The type of what a function is given, when it is one of those that Selvage calls. */
function typeGivenTo(node: SyntaxNode, text: (node: SyntaxNode) => string): string | undefined {
  const parent = node.parent;
  if (parent?.name === 'ExportDeclaration' && parent.getChild('default')) return EXPORTED;
  const program = programOf(node);
  if (program === null) return undefined;
  const name = nameOf(node, text);
  if (name === undefined) return undefined;
  if (name !== 'run') return DECLARES[name];
  // A function that is called `run` is one of two, or one of the flow's own.
  const names = new Set(functionsOf(program).map((one) => nameOf(one, text)));
  return Object.keys(DECLARES).some((other) => names.has(other)) ? RUNS : undefined;
}

/** The program, when a function stands at its top, exported or not. */
function programOf(node: SyntaxNode): SyntaxNode | null {
  let above = node.parent;
  if (above?.name === 'VariableDeclaration') above = above.parent;
  if (above?.name === 'ExportDeclaration') above = above.parent;
  return above !== null && above.parent === null ? above : null;
}

/** The functions at the top of a program. */
function functionsOf(program: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  program.cursor().iterate((one) => {
    if (!FUNCTIONS.has(one.name)) return true;
    if (programOf(one.node)) found.push(one.node);
    return false;
  });
  return found;
}

/** The name of a function: its own, or that of the variable that it is the value of. */
function nameOf(node: SyntaxNode, text: (node: SyntaxNode) => string): string | undefined {
  if (node.name === 'FunctionDeclaration') {
    const own = node.getChild('VariableDefinition');
    return own ? text(own) : undefined;
  }
  const equals = node.prevSibling;
  const variable = equals?.name === 'Equals' ? equals.prevSibling : null;
  return variable?.name === 'VariableDefinition' ? text(variable) : undefined;
}
