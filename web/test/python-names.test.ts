import { CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { json } from '@codemirror/lang-json';
import { EditorState } from '@codemirror/state';
import { readdirSync, readFileSync } from 'node:fs';
import api from 'virtual:bifrost-api';
import { expect, test } from 'vitest';
import { describePackage } from '../build/bifrost-api.ts';
import { definitionAt, python } from '../src/editor/python';
import { completePython, importBefore } from '../src/editor/python/completions';
import { outlineOf } from '../src/editor/python/outline';
import { namesFor, workspaceNames } from '../src/editor/names';
import { completeReference, referencesOf } from '../src/editor/references';
import type { FlowSummary } from '../src/lib/tools';
import type { Workbench } from '../src/lib/workbench.svelte';
import type { Document } from '../src/editor/document.svelte';
import { meanings } from '../src/forms/references';

const FILES: Record<string, string> = {
  'modules/prices.py': '"""Prices."""\nfrom modules.psa.halopsa import Client as Customer\n\nRATE = 1.2\n\ndef total(rows: list, rate: float = RATE) -> float:\n    """Sums rows up.\n\n    Twice."""\n    return 0\n\nclass Price:\n    currency = "EUR"\n    def __init__(self, value):\n        self.value = value\n    def shown(self):\n        return 1\n',
  'modules/psa/halopsa.py': 'class Client:\n    def get(self): ...\n',
  'features/sync/rules.py': 'LIMIT = 3\nif LIMIT:\n    def apply(): ...\n',
  'workflows/helpers.py': 'def slug(text): ...\n',
  'shared/__init__.py': 'VERSION = 1\n',
  'shared/text.py': 'def wrap(): ...\n',
};
const FLOWS: FlowSummary[] = [
  {
    path: 'workflows/crm.py',
    name: 'crm',
    inputs: [],
    entries: [
      { kind: 'workflow', function: 'sync', name: 'Sync', category: 'General', parameters: [], async: true, line: 5 },
      { kind: 'dataProvider', function: 'regions', name: 'regions', category: 'General', parameters: [], async: true, line: 9 },
    ],
  },
];

/** An editor with a text in which `|` is the cursor. */
function editor(marked: string, path = 'workflows/crm.py') {
  const pos = marked.indexOf('|');
  const doc = marked.replace('|', '');
  const names = { path, paths: () => [...Object.keys(FILES), path], flows: () => FLOWS, read: (file: string) => Promise.resolve(file === path ? doc : FILES[file]) };
  return { pos, state: EditorState.create({ doc, selection: { anchor: pos }, extensions: [path.endsWith('.py') ? python() : path.endsWith('.json') ? json() : [], workspaceNames.of(names)] }) };
}

const labels = (result: CompletionResult | null): string[] => (result?.options ?? []).map(({ label }) => label);
async function complete(marked: string): Promise<string[]> {
  const { state, pos } = editor(marked);
  return labels(await completePython(new CompletionContext(state, pos, true)));
}
async function define(marked: string, path?: string) {
  const { state, pos } = editor(marked, path);
  const found = await definitionAt(state, pos);
  return found && ('elsewhere' in found ? found.elsewhere : `${found.path}:${found.line}:${found.column}`);
}

test('the outline of a text has what it defines and imports, also where it is decorated or in a condition', () => {
  const { definitions, imports } = outlineOf('import a.b as c, json\nfrom .x import (y as z, w)\n@tool(name="x")\nasync def f(a: int, *b) -> str:\n    "Says it."\nu, v = 1, 2\ntry:\n    class K(Base):\n        one = 1\nexcept E:\n    pass\n');
  expect(definitions.map(({ name, kind, detail, doc }) => [name, kind, detail, doc])).toEqual([
    ['f', 'function', '(a: int, *b) -> str', 'Says it.'],
    ['u', 'variable', '', undefined],
    ['v', 'variable', '', undefined],
    ['K', 'class', '(Base)', undefined],
  ]);
  expect(imports.map(({ name, module, member }) => [name, module, member])).toEqual([
    ['c', 'a.b', undefined],
    ['json', 'json', undefined],
    ['z', '.x', 'y'],
    ['w', '.x', 'w'],
  ]);
});

test('modules are completed from the root, from the folder of the file, and as those of bifrost', async () => {
  expect(await complete('from |')).toEqual(['bifrost', 'modules', 'features', 'workflows', 'shared', 'helpers']);
  expect(await complete('import features.|')).toEqual(['sync']);
  expect(await complete('from bifrost.modules.|')).toEqual(['prices', 'psa', 'halopsa']);
  expect(await complete('from modules.psa.|')).toEqual(['halopsa']);
  expect(await complete('import json, shared.|')).toEqual(['text']);
});

test('what an import can bring in is completed, over several lines too', async () => {
  expect(await complete('from modules.prices import |')).toEqual(['RATE', 'total', 'Price', 'Customer']);
  expect(await complete('from bifrost.modules import hal|')).toEqual(['prices', 'psa', 'halopsa']);
  expect(await complete('from shared import (\n    VERSION,\n    te|\n)')).toEqual(['VERSION', 'text']);
  expect(await complete('from bifrost import |')).toEqual(expect.arrayContaining(['workflow', 'data_provider', 'tables', 'context', 'UserError', 'modules']));
  expect(importBefore('from a import (b as c, d as e, f')).toEqual({ module: 'a', typed: 'f', member: true });
});

test('members of imported modules, of their classes and of the package are completed', async () => {
  expect(await complete('from bifrost.modules import prices\nprices.t|')).toEqual(['RATE', 'total', 'Price', 'Customer']);
  expect(await complete('import modules.prices as p\nx = p.Price.|')).toEqual(['currency', '__init__', 'shown', 'value']);
  expect(await complete('import modules.prices\nmodules.prices.|')).toContain('total');
  expect(await complete('from modules.prices import Customer\nCustomer.|'), 'through the import of an import').toEqual(['get']);
  expect(await complete('from bifrost import tables\nasync def f():\n    await tables.|')).toEqual(expect.arrayContaining(['query', 'insert', 'upsert']));
  expect(await complete('from bifrost import context\ncontext.|')).toEqual(expect.arrayContaining(['parameters', 'user_id', 'set_scope']));
  expect(await complete('import bifrost\nbifrost.files.|')).toContain('read_bytes');
  expect(await complete('from bifrost import forms\nforms.|')).toEqual(['list', 'get']);
  expect(await complete('import bifrost as b\nb.events.|')).toEqual(['emit']);
  expect(await complete('unknown.|')).toEqual([]);
  expect(await complete('from modules import prices\n"prices.|"')).toEqual([]);
  expect(await complete('from modules import prices\nf().prices.|')).toEqual([]);
});

test('the package is described by its own sources, whole', () => {
  const folder = new URL('../../crates/guest-py/python/bifrost/', import.meta.url);
  const source = readFileSync(new URL('__init__.py', folder), 'utf8');
  const parts = readdirSync(folder).filter((name) => /^[a-z].*\.py$/.test(name)).map((name) => name.slice(0, -3));
  expect(api.map(({ name }) => name)).toEqual(expect.arrayContaining(parts));
  for (const { name } of api) expect(source).toContain(name);
  for (const part of parts) {
    const all = /^__all__ = \(([^)]*)\)/m.exec(readFileSync(new URL(`${part}.py`, folder), 'utf8'))?.[1] ?? '';
    const shown = [...all.matchAll(/"(\w+)"/g)].map(([, one]) => one);
    expect(shown.length).toBeGreaterThan(0);
    expect(api.find(({ name }) => name === part)?.members?.map(({ name }) => name)).toEqual(expect.arrayContaining(shown));
  }
  const query = api.find(({ name }) => name === 'tables')?.members?.find(({ name }) => name === 'query');
  expect(query?.detail).toMatch(/^\(table, /);
  expect(query?.doc).toBeTruthy();
  expect(() => describePackage(() => '# changed')).toThrow('bifrost-api.ts');
});

test('a name leads to its definition, in this file and across modules', async () => {
  expect(await define('from modules.prices import total\ntot|al([])')).toBe('modules/prices.py:6:5');
  expect(await define('from modules.prices import to|tal')).toBe('modules/prices.py:6:5');
  expect(await define('from modules.pri|ces import total')).toBe('modules/prices.py:1:1');
  expect(await define('from bifrost.modules import halo|psa')).toBe('modules/psa/halopsa.py:1:1');
  expect(await define('import features.sync.rules as r\nr.app|ly()')).toBe('features/sync/rules.py:3:9');
  expect(await define('from modules.prices import Price\nPrice.sho|wn')).toBe('modules/prices.py:16:9');
  expect(await define('from modules.prices import Customer\nCust|omer()'), 'through the import of an import').toBe('modules/psa/halopsa.py:1:7');
  expect(await define('from helpers import slug\nslu|g("a")')).toBe('workflows/helpers.py:1:5');
  expect(await define('def f():\n    pass\n\nf|()')).toBe('workflows/crm.py:1:5');
});

test('inside functions, their own names come first', async () => {
  expect(await define('total = 1\ndef f(total):\n    return to|tal')).toBe('workflows/crm.py:2:7');
  expect(await define('def f(a=b):\n    for row in a:\n        print(ro|w)')).toBe('workflows/crm.py:2:9');
  expect(await define('x = 1\ndef f():\n    def g():\n        x = 2\n    return |x')).toBe('workflows/crm.py:1:1');
});

test('what leads out of the workspace says so', async () => {
  expect(await define('from bifrost import tables\ntables.qu|ery')).toContain('comes with Selvage');
  expect(await define('import json\njs|on.loads')).toBeUndefined();
  expect(await define('1 + |2')).toBeUndefined();
});

test('references are completed and followed, in JSON, YAML and Python', async () => {
  const options = (marked: string, path: string) => {
    const { state, pos } = editor(marked, path);
    return completeReference(new CompletionContext(state, pos, false));
  };
  const all = ['workflows/crm.py::sync', 'workflow::crm::sync', 'workflows/crm.py::regions', 'workflow::crm::regions'];
  expect(labels(options('{"workflow": "|"}', 'forms/a.form.json'))).toEqual(all);
  expect(labels(options('{"name": "|"}', 'forms/a.form.json'))).toEqual([]);
  expect(labels(options('{"name": "workflow:|"}', 'forms/a.form.json'))).toEqual(all);
  expect(labels(options('workflow: work|', 'forms/a.form.yaml'))).toEqual(all);
  expect(labels(options('- data_provider:\n    id: |', 'forms/a.form.yaml'))).toEqual(all);
  expect(labels(options('x = "workflow::|"', 'workflows/crm.py'))).toEqual(all);
  const provider = options('{"data_provider": {"id": "|"}}', 'a.json')?.options ?? [];
  expect(provider.filter(({ boost }) => boost).map(({ label }) => label)).toEqual(['workflows/crm.py::regions', 'workflow::crm::regions']);
  expect(await define('{"workflow": "workflow::crm::sy|nc"}', 'forms/a.form.json')).toBe('workflows/crm.py:5:1');
  expect(await define('workflow: workflows/crm.py::reg|ions  # feeds', 'a.yaml')).toBe('workflows/crm.py:9:1');
  expect(await define('await workflows.execute("workflow::crm::sy|nc")', 'workflows/b.py')).toBe('workflows/crm.py:5:1');
  expect(await define('{"name": "sync|"}', 'a.json')).toBeUndefined();
});

test('what is mounted has the names that flows see', async () => {
  const [flow] = FLOWS;
  const flows = [{ ...flow!, path: 'scopes/global/workflows/crm.py', scope: 'global' }];
  expect(referencesOf(flows, false).map(({ label }) => label)).toContain('workflows/crm.py::sync');
  expect(meanings('workflows/crm.py::sync', flows).map(({ path }) => path)).toEqual(['scopes/global/workflows/crm.py']);
  const texts: Record<string, string> = { 'scopes/global/modules/a.py': 'A = 1', 'modules/b.py': 'B = 1' };
  const wb = {
    workspace: { entries: new Map(Object.keys(texts).map((path) => [path, {}])) },
    documents: { find: (path: string) => ({ content: texts[path] }) },
    whereIs: (path: string) => (path in texts ? path : `scopes/global/${path}`),
    flows,
  } as unknown as Workbench;
  const names = namesFor(wb, { path: 'scopes/global/workflows/crm.py' } as Document);
  expect([names.path, ...names.paths()]).toEqual(['workflows/crm.py', 'modules/a.py', 'modules/b.py']);
  expect(await names.read('modules/a.py')).toBe('A = 1');
});
