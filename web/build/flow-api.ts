// Turns the typings of the flow API into what completion needs, at build time: names, signatures
// and documentation, by the type they belong to. The typings stay the only list of the API.

import { existsSync, readFileSync } from 'node:fs';
import type { Plugin } from 'vite';
import ts from 'typescript';
import type { ApiMember, FlowApi } from '../src/editor/flow-api';

const ID = 'virtual:flow-api';
const RESOLVED = '\0virtual:flow-api';

export function flowApi(file: string): Plugin {
  return {
    name: 'selvage-flow-api',
    resolveId: (id) => (id === ID ? RESOLVED : undefined),
    load(id) {
      if (id !== RESOLVED) return undefined;
      this.addWatchFile(file);
      if (!existsSync(file)) throw new Error(`the typings of the flow API are missing: ${file}`);
      return `export default ${JSON.stringify(describe(readFileSync(file, 'utf8')))};`;
    },
  };
}

/** Reads declarations into members by type. */
export function describe(declarations: string): FlowApi {
  const source = ts.createSourceFile('flow.d.ts', declarations, ts.ScriptTarget.Latest, true);
  const api: FlowApi = { globals: [], types: {} };
  readStatements(source.statements, api.globals, api);
  return api;
}

function readStatements(statements: ts.NodeArray<ts.Statement>, into: ApiMember[], api: FlowApi): void {
  for (const statement of statements) {
    if (ts.isVariableStatement(statement)) {
      for (const one of statement.declarationList.declarations)
        if (ts.isIdentifier(one.name)) add(into, { name: one.name.text, kind: 'variable', ...typeOf(one.type, one.name.text, api), ...docOf(statement) });
    } else if (ts.isFunctionDeclaration(statement) && statement.name) {
      add(into, { name: statement.name.text, kind: 'function', detail: signature(statement), ...docOf(statement) });
    } else if (ts.isInterfaceDeclaration(statement)) {
      const members = (api.types[statement.name.text] ??= []);
      readMembers(statement.members, members, statement.name.text, api);
      for (const clause of statement.heritageClauses ?? [])
        for (const parent of clause.types) (api.extends ??= {})[statement.name.text] = parent.expression.getText();
    } else if (ts.isTypeAliasDeclaration(statement) && ts.isTypeLiteralNode(statement.type)) {
      readMembers(statement.type.members, (api.types[statement.name.text] ??= []), statement.name.text, api);
    } else if (ts.isClassDeclaration(statement) && statement.name) {
      add(into, { name: statement.name.text, kind: 'class', detail: '', type: `typeof ${statement.name.text}`, ...docOf(statement) });
      const instance = (api.types[statement.name.text] ??= []);
      const own = (api.types[`typeof ${statement.name.text}`] ??= []);
      for (const member of statement.members) {
        const isStatic = ts.canHaveModifiers(member) && (ts.getModifiers(member) ?? []).some((one) => one.kind === ts.SyntaxKind.StaticKeyword);
        readMember(member, isStatic ? own : instance, statement.name.text, api);
      }
    } else if (ts.isModuleDeclaration(statement) && statement.body && ts.isModuleBlock(statement.body)) {
      if (statement.name.text === 'global') readStatements(statement.body.statements, into, api);
      else {
        const name = `namespace ${statement.name.text}`;
        add(into, { name: statement.name.text, kind: 'variable', detail: '', type: name, ...docOf(statement) });
        readStatements(statement.body.statements, (api.types[name] ??= []), api);
      }
    }
  }
}

function readMembers(members: ts.NodeArray<ts.TypeElement>, into: ApiMember[], owner: string, api: FlowApi): void {
  for (const member of members) readMember(member, into, owner, api);
}

function readMember(member: ts.TypeElement | ts.ClassElement, into: ApiMember[], owner: string, api: FlowApi): void {
  const name = member.name && (ts.isIdentifier(member.name) || ts.isStringLiteral(member.name)) ? member.name.text : undefined;
  if (name === undefined) return;
  if (ts.isMethodSignature(member) || ts.isMethodDeclaration(member)) add(into, { name, kind: 'method', detail: signature(member), ...docOf(member) });
  else if (ts.isPropertySignature(member) || ts.isPropertyDeclaration(member)) {
    const isCall = member.type !== undefined && ts.isFunctionTypeNode(member.type);
    add(into, { name, kind: isCall ? 'method' : 'property', ...typeOf(member.type, `${owner}.${name}`, api), ...docOf(member) });
  } else if (ts.isGetAccessorDeclaration(member)) add(into, { name, kind: 'property', ...typeOf(member.type, `${owner}.${name}`, api), ...docOf(member) });
}

/** The written type, and the name under which its members are found. */
function typeOf(type: ts.TypeNode | undefined, place: string, api: FlowApi): { detail: string; type?: string } {
  if (!type) return { detail: '' };
  if (ts.isTypeLiteralNode(type)) {
    readMembers(type.members, (api.types[place] ??= []), place, api);
    return { detail: '', type: place };
  }
  const detail = oneLine(type.getText());
  if (ts.isTypeReferenceNode(type)) return { detail, type: type.typeName.getText() };
  return { detail };
}

function signature(node: ts.SignatureDeclaration): string {
  const parameters = node.parameters.map((one) => one.getText()).join(', ');
  return oneLine(`(${parameters})${node.type ? `: ${node.type.getText()}` : ''}`);
}

function docOf(node: ts.Node): { doc?: string } {
  const comments = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const text = comments.map((one) => ts.getTextOfJSDocComment(one.comment) ?? '').join('\n').trim();
  return text ? { doc: text } : {};
}

/** Overloads are one completion with the first signature. */
function add(into: ApiMember[], member: ApiMember): void {
  if (!into.some((one) => one.name === member.name)) into.push(member);
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ');
