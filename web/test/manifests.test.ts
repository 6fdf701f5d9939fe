// The editor of manifests: where a place is while a text is being typed, what can stand there, and the colours of YAML.

import { CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { json } from '@codemirror/lang-json';
import { ensureSyntaxTree } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { expect, test } from 'vitest';
import schemas from '../../crates/tool/src/catalogue/manifests.json';
import { EXAMPLES } from '../src/lib/examples';
import { completeJson, completeYaml } from '../src/editor/manifests/complete';
import { schemasAt, type Schema } from '../src/editor/manifests/schema';
import { yamlPlace } from '../src/editor/manifests/yaml-place';
import { coloursOf } from '../src/editor/yaml';
import { FLOWS_FILE, isManifest, POLICY_FILE } from '../src/lib/paths';

const BY_PATH = schemas as unknown as Record<string, Schema>;
const [POLICY, FLOWS] = [BY_PATH[POLICY_FILE] as Schema, BY_PATH[FLOWS_FILE] as Schema];

/** What is offered at the bar of a text. */
async function offered(text: string, kind: 'yaml' | 'json'): Promise<{ result: CompletionResult | null; labels: string[]; text: string }> {
  const pos = text.indexOf('|');
  const doc = text.replace('|', '');
  const state = EditorState.create({ doc, extensions: kind === 'json' ? json() : [] });
  if (kind === 'json') ensureSyntaxTree(state, doc.length, 5_000);
  const context = new CompletionContext(state, pos, true);
  const result = await (kind === 'json' ? completeJson(FLOWS, context) : completeYaml(POLICY, context));
  return { result, labels: result?.options.map(({ label }) => label) ?? [], text: result ? doc.slice(result.from, pos) : '' };
}

test('the files that the engine goes by are those that have a schema', () => {
  expect(Object.keys(BY_PATH).every(isManifest)).toBe(true);
  expect(Object.keys(BY_PATH)).toHaveLength(2);
});

test('keys and values of a policy are offered where they can stand, without those that are there', async () => {
  const cases: [text: string, labels: string[]][] = [
    ['|', ['version', 'agents', 'flows', 'ungranted', 'approvals']],
    ['version: 1\nag|\nflows: []\n', ['agents', 'ungranted', 'approvals']],
    ['ungranted: |', ['deny', 'ask']],
    ['agents:\n  - na|', ['name', 'environments', 'allow', 'ask', 'deny']],
    ['agents:\n- name: x\n  |', ['environments', 'allow', 'ask', 'deny']],
    ['flows:\n  - path: x\n    allow: { read: [a], | }', ['write', 'net', 'tools', 'secrets', 'executors']],
    ['flows:\n  - path: x\n    allow:\n      |\n    deny: {}', ['read', 'write', 'net', 'tools', 'secrets', 'executors']],
    // What an agent can't have is not offered to one.
    ['agents:\n  - name: x\n    ask: { | }', ['read', 'write', 'net', 'tools', 'executors']],
    ['flows:\n  - path: x\n    deny: { executors: [|] }', ['browser', 'native', 'remote:*']],
    ['flows:\n  - path: x\n    callers: [|]', ['person']],
    ['agents:\n  - name: x\n    environments:\n      - |', ['browser', 'native']],
    ['approvals:\n  onExpiry: |', ['deny', 'allow']],
    ['approvals: { onExpiry: "a| }', ['deny', 'allow']],
    ['approvals:\n  onExpiry: deny\n  |', ['expiresMinutes']],
    ['version: 1 # a|', []],
    ['nonsense:\n  |', []],
  ];
  for (const [text, labels] of cases) {
    const found = await offered(text, 'yaml');
    expect(new Set(found.labels), text).toEqual(new Set(labels));
  }
  for (const text of ['agents:\n  - name: x\n    allow:\n      tools: [ls, re|]', 'agents:\n  - name: x\n    ask:\n      tools:\n        - re|'])
    expect((await offered(text, 'yaml')).labels, text).toContain('apply_patch');
  expect((await offered('flows:\n  - path: x\n    limits: { cpu| }', 'yaml')).labels).toContain('cpuMsMax');
  expect((await offered('agents:\n  - name: x\n    allow:\n      tools: [ls, re|]', 'yaml')).text).toBe('re');
});

test('keys and values of named flows are offered where they can stand', async () => {
  const cases: [text: string, labels: string[]][] = [
    ['{ "|" }', ['version', 'flows']],
    ['{ "version": 1, "|" }', ['flows']],
    ['{ "version": 1, | }', ['flows']],
    ['{ "flows": { "a": { "entry": "x", "retry": { "|" } } } }', ['attempts', 'delayMs']],
    ['{ "flows": { "a": { "triggers": [{ "on": "|" }] } } }', ['manual', 'start', 'change']],
    ['{ "flows": { "a": { "triggers": [{ "on": | }] } } }', ['manual', 'start', 'change']],
    ['{ "flows": { "a": { "grant": { "tools": ["|"] , "read": [] } } } }', []],
    ['{ "flows": { "|" } }', []],
    ['{ "version": 1 }|', []],
  ];
  for (const [text, labels] of cases) {
    const found = await offered(text, 'json');
    if (text.includes('"tools"')) expect(found.labels, text).toContain('read');
    else expect(new Set(found.labels), text).toEqual(new Set(labels));
  }
  const inner = await offered('{ "flows": { "a": { "con|" } } }', 'json');
  expect(inner.labels).toContain('concurrency');
  expect(inner.text).toBe('con');
});

test('every place of the example policy is known to the schema', () => {
  const lines = EXAMPLES[POLICY_FILE]!.split('\n');
  let looked = 0;
  for (const [index, line] of lines.entries())
    for (let column = 0; column <= line.length; column++) {
      const place = yamlPlace(lines, index, column);
      if (!place || line.trim() === '' || line.slice(0, column).trim() === '') continue;
      expect(schemasAt(POLICY, place.path).length, `${line} at ${column}: ${place.path.join(' ')}`).toBeGreaterThan(0);
      looked++;
    }
  expect(looked).toBeGreaterThan(200);
});

test('the parts of YAML have their colours, texts of several lines among them', () => {
  const text = 'version: 1 # one\n"a b": [x, "y # z", true]\nlong: |\n  key: no key\n\n  # no comment\nnext: a#b\n- c: d:e\n';
  const parts = coloursOf(text).map(({ from, to, colour }) => `${colour} ${text.slice(from, to)}`);
  for (const part of ['key version', 'constant 1', 'comment # one', 'key "a b"', 'string x', 'string "y # z"', 'constant true', 'key long', 'string key: no key', 'string # no comment', 'key next', 'string a#b', 'mark -', 'key c', 'string d:e'])
    expect(parts).toContain(part);
  expect(parts.filter((part) => part.startsWith('comment'))).toEqual(['comment # one']);
});
