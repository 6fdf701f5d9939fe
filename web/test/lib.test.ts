import { zipSync } from 'fflate';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { topLevelRules } from '../build/dockview-styles.ts';
import { ago, bytes, count, duration } from '../src/lib/format';
import { best, fuzzy } from '../src/lib/fuzzy';
import { compared, takenFirst } from '../src/lib/import-tree';
import { label, matches } from '../src/lib/keys';
import { resolveLink } from '../src/lib/markdown-links';
import { nameFor, readParent } from '../src/lib/mounting';
import { openly } from '../src/lib/openly';
import { endingOf, familyOf, freeName, isFlow, isForm, isMounted, moved, mountOf, nameProblem, newPlace, newProblem, placeOf, withoutScope } from '../src/lib/paths';
import { originsIn } from '../src/selvage';
import type { Entry } from '../src/lib/tools';
import { Workspace } from '../src/lib/workspace.svelte';
import { chosen, planImport, safePath, zipOf } from '../src/lib/zip';
import { Toasts } from '../src/ui/toasts.svelte';
import { FakeKernel } from './fake-kernel';

test('figures read as people write them', () => {
  expect([bytes(0), bytes(1023), bytes(1536), bytes(5 * 1024 * 1024)]).toEqual(['0 B', '1023 B', '1.5 KB', '5 MB']);
  expect([duration(0.42), duration(12), duration(1500), duration(125_000), duration(120_000)]).toEqual(['0.4 ms', '12 ms', '1.5 s', '2 min 5 s', '2 min']);
  expect([count(950), count(12_400), count(2e9)]).toEqual(['950', '12.4k', '2B']);
  expect([ago(0, 5_000), ago(0, 90_000), ago(0, 7_200_000)]).toEqual(['just now', '1 min ago', '2 h ago']);
});

test('endings and families know flows from other scripts', () => {
  expect([endingOf('a/b.flow.js'), endingOf('a.tar.gz'), endingOf('.hidden'), endingOf('a.b/c')]).toEqual(['flow.js', 'gz', '', '']);
  expect([familyOf('x.flow.mjs'), familyOf('x.mjs'), familyOf('X.PNG')]).toEqual(['flow', 'script', 'image']);
});

test('a free name differs from names that only differ in case or composition', () => {
  expect(freeName('a.txt', ['A.TXT'])).toBe('a 2.txt');
  expect(freeName('caf\u00e9.flow.js', ['cafe\u0301.flow.js', 'café 2.flow.js'])).toBe('café 3.flow.js');
  expect(freeName('new', [])).toBe('new');
});

test('names that the workspace refuses are refused in the field', () => {
  for (const name of ['', '.', '..', 'a/b', 'a\u0000b', 'x'.repeat(256), 'ü'.repeat(128)]) expect(nameProblem(name), name).toBeDefined();
  expect(nameProblem('ü'.repeat(127))).toBeUndefined();
  expect(nameProblem('Cafe\u0301.txt', ['caf\u00e9.txt'])).toContain('there already');
  expect(nameProblem('b.txt', ['a.txt'])).toBeUndefined();
  // What is new may name the folders on its way, and whether the last is taken the kernel knows.
  expect(['a/b.txt', 'a.txt/b', 'b.txt'].map((path) => newProblem(path, ['a.txt']))).toEqual([undefined, undefined, undefined]);
  for (const path of ['', 'a/', '/a', 'a//b', 'a/../b', 'A.txt', `a/${'x'.repeat(256)}`]) expect(newProblem(path, ['a.txt']), path).toBeDefined();
  expect(['b.txt', '/a/b.txt', '/', '//a'].map((typed) => newPlace('notes', typed))).toEqual([
    { folder: 'notes', path: 'b.txt' }, { folder: '', path: 'a/b.txt' }, { folder: '', path: '' }, { folder: '', path: '/a' },
  ]);
});

test('moving a folder moves what is inside and nothing that only looks so', () => {
  expect([moved('a/b/c', 'a/b', 'x'), moved('a/b', 'a/b', 'x'), moved('a/bc', 'a/b', 'x')]).toEqual(['x/c', 'x', 'a/bc']);
});

test('links of a file lead to files beside it, to headings, or away', () => {
  expect(resolveLink('docs/a/x.md', '../b.md#part')).toEqual({ kind: 'file', path: 'docs/b.md' });
  expect(resolveLink('docs/x.md', '/top%20one.md')).toEqual({ kind: 'file', path: 'top one.md' });
  expect(resolveLink('x.md', '../../../etc/passwd')).toEqual({ kind: 'file', path: 'etc/passwd' });
  expect(resolveLink('x.md', 'a%zz.md')).toEqual({ kind: 'file', path: 'a%zz.md' });
  expect(resolveLink('x.md', '#intro')).toEqual({ kind: 'heading', id: 'intro' });
  for (const away of ['https://example.com', '//example.com', 'javascript:alert(1)', 'mailto:a@b.c']) expect(resolveLink('x.md', away).kind).toBe('elsewhere');
});

test('a search prefers the starts of words', () => {
  expect(fuzzy('invoices.flow.js', 'xyz')).toBeUndefined();
  const names = ['data/archive/inventory.csv', 'flows/invoices.flow.js', 'notes.md'];
  expect(best(names, 'inf', (name) => name, 10)[0]?.item).toBe('flows/invoices.flow.js');
  expect(best(names, '', (name) => name, 2).map(({ item }) => item)).toEqual(names.slice(0, 2));
});

test('shortcuts match exactly their keys', () => {
  const press = (key: string, held: string[] = [], code = '') => ({ key, code, ctrlKey: held.includes('ctrl'), metaKey: held.includes('meta'), shiftKey: held.includes('shift'), altKey: held.includes('alt') });
  expect(matches(press('k', ['ctrl']), 'Mod+K', false)).toBe(true);
  expect(matches(press('k', ['meta']), 'Mod+K', true)).toBe(true);
  expect(matches(press('k', ['ctrl']), 'Mod+K', true)).toBe(false);
  expect(matches(press('K', ['ctrl', 'shift']), 'Mod+K', false)).toBe(false);
  expect(matches(press('?', ['shift']), '?', false)).toBe(true);
  expect(matches(press('˜', ['alt'], 'KeyN'), 'Alt+N', true)).toBe(true);
  expect([label('Mod+Shift+F', false), label('Mod+Shift+F', true)]).toEqual(['Ctrl+Shift+F', '⌘⇧F']);
});

test('flows are told by their names', () => {
  // The engine reads the same list.
  const { flows, others } = JSON.parse(readFileSync('crates/workbench/tests/flows.json', 'utf8')) as { flows: string[]; others: string[] };
  expect(flows.length * others.length).toBeGreaterThan(0);
  expect(flows.filter((path) => !isFlow(path))).toEqual([]);
  expect(others.filter(isFlow)).toEqual([]);
});

test('only whole origins are allowed to embed', () => {
  expect(originsIn('{"origins":["https://a.example","http://localhost:3000"]}')).toEqual(['https://a.example', 'http://localhost:3000']);
  expect(originsIn('{"origins":["*","null","https://a.example/path","https://a.example/","ftp//x",7]}')).toEqual([]);
  for (const text of ['', '[]', 'null', '{"origins":"https://a.example"}']) expect(originsIn(text)).toEqual([]);
});

test('a zip is planned before anything is written, and paths that lead out are left out', async () => {
  const bytes = zipSync({ 'a.txt': new Uint8Array([1]), 'dir/b.txt': new Uint8Array([2, 3]), '../evil.txt': new Uint8Array([4]), 'dir/': new Uint8Array(), 'empty/': new Uint8Array(), 'empty/inner/': new Uint8Array(), 'there/': new Uint8Array() });
  const entries = new Map([['a.txt', { kind: 'file', size: 1, hash: 'another' } as Entry], ['there', { kind: 'folder' } as Entry]]);
  const plan = await planImport({ entries }, 'x.zip', bytes);
  expect(plan.files.map(({ path, bytes, effect }) => [path, [...bytes], effect])).toEqual([['a.txt', [1], 'replaces'], ['dir/b.txt', [2, 3], 'new']]);
  expect(plan.folders).toEqual(['empty/inner']);
  expect(plan.skipped).toEqual([{ name: '../evil.txt', reason: 'its path leads out of the workspace' }]);
});

test('what a workspace exported changes nothing there, and elsewhere does not say which pages may call tools', async () => {
  const bytes = new TextEncoder().encode('{ "origins": [] }');
  const zip = zipSync({ 'embed.json': bytes, 'a.txt': bytes });
  const same = { kind: 'file', size: bytes.length, hash: createHash('sha256').update(bytes).digest('hex') } as Entry;
  const here = await planImport({ entries: new Map([['embed.json', same], ['a.txt', same]]) }, 'x.zip', zip);
  expect(here.files.map(({ path, effect }) => [path, effect])).toEqual([['a.txt', 'unchanged'], ['embed.json', 'unchanged']]);
  expect(here.skipped).toEqual([]);
  const elsewhere = await planImport({ entries: new Map() }, 'x.zip', zip);
  expect(elsewhere.files.map(({ path }) => path)).toEqual(['a.txt']);
  expect(elsewhere.skipped).toEqual([{ name: 'embed.json', reason: 'which pages may call tools is not for a zip to say' }]);
});

test('what of a zip takes effect by being there stays out until it is taken, and says what it decides', async () => {
  const text = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
  const flows = { a: { entry: 'a.flow.js', triggers: [{ on: 'change', paths: ['**'] }] }, b: { entry: 'a.flow.js', triggers: [{ on: 'manual' }] }, c: null };
  const policy = text('version: 1\n');
  const zip = zipSync({ 'Selvage.Policy.YAML': policy, 'notes/selvage.policy.yaml': policy, 'flows/flow.config.json': text({ version: 1, flows }), 'scopes.json': text('{}'), 'a.txt': text('a'), 'b.txt': text('b') });
  const another = { kind: 'file', size: 1, hash: 'another' } as Entry;
  const plan = await planImport({ entries: new Map([['a.txt', another], ['scopes.json', another]]) }, 'x.zip', zip);
  expect(plan.files.map(({ path }) => path)).toEqual(['a.txt', 'b.txt', 'notes/selvage.policy.yaml']);
  expect(plan.rules.map(({ path, effect, decides }) => [path, effect, decides])).toEqual([
    ['Selvage.Policy.YAML', 'new', 'The rules of what flows and agents may do here. There are none now; with these, agents may do only what a rule lets them.'],
    ['flows/flow.config.json', 'new', '3 named flows, with what may be touched without asking you. Run by themselves, when files change or the workspace is opened: 1 of 3.'],
    ['scopes.json', 'replaces', 'The order in which mounted workspaces are looked through. It replaces the order that you have now.'],
  ]);
  const written = (...taken: string[]) => chosen(plan, new Set([...takenFirst(plan), ...taken])).files.map(({ path }) => path);
  expect(written()).toEqual(['a.txt', 'b.txt', 'notes/selvage.policy.yaml']);
  expect(written('flows/flow.config.json')).toEqual(['a.txt', 'b.txt', 'notes/selvage.policy.yaml', 'flows/flow.config.json']);
});

test('a record that is here stays as it is until another one is taken; one that is not here comes as any file', async () => {
  const text = new TextEncoder().encode('{}\n');
  const [log, before] = ['runs/decisions/2026-11-21.jsonl', 'runs/decisions/2026-11-20.jsonl'];
  const another = { kind: 'file', size: 1, hash: 'another' } as Entry;
  const plan = await planImport({ entries: new Map([[log, another], ['running.md', another]]) }, 'x.zip', zipSync({ [log]: text, [before]: text, 'running.md': text }));
  expect(takenFirst(plan)).toEqual(['running.md', before]);
  expect(chosen(plan, new Set([log])).files.map(({ path }) => path)).toEqual([log]);
});

test('the rules of now are what others replace, and the same ones are nothing to decide', async () => {
  const [bytes, broken] = ['version: 1\n', '[1, {'].map((text) => new TextEncoder().encode(text));
  const zip = zipSync({ 'selvage.policy.yaml': bytes!, 'flows/flow.config.json': broken! });
  const here = (hash: string) => new Map(['selvage.policy.yaml', 'flows/flow.config.json'].map((path) => [path, { kind: 'file', size: bytes!.length, hash } as Entry]));
  const other = await planImport({ entries: here('another') }, 'x.zip', zip);
  expect(other.rules.map(({ decides }) => decides)).toEqual([
    '0 named flows, with what may be touched without asking you. They replace the named flows that you have now.',
    'The rules of what flows and agents may do here. They replace the rules that you have now.',
  ]);
  const same = await planImport({ entries: here(createHash('sha256').update(bytes!).digest('hex')) }, 'x.zip', zip);
  expect(same.files.map(({ path, effect }) => [path, effect])).toEqual([['selvage.policy.yaml', 'unchanged']]);
});

test('what a workspace exported is no question there, rules included', async () => {
  const kernel = new FakeKernel({ 'selvage.policy.yaml': 'version: 1\n', 'flows/flow.config.json': '{"version":1,"flows":{}}', 'scopes.json': '{}', 'embed.json': '{}', 'retention.json': '{}', 'runs/a.json': '{}', 'b.bin': new Uint8Array([0, 255]) });
  const workspace = new Workspace(kernel, new Toasts());
  await workspace.refresh();
  const parts: Uint8Array[] = [];
  for await (const part of zipOf(workspace, '')) parts.push(part);
  const hashed = [...workspace.entries.values()].map((entry) => [entry.path, { ...entry, hash: createHash('sha256').update(kernel.files.get(entry.path)?.bytes ?? '').digest('hex') }] as const);
  const plan = await planImport({ entries: new Map(hashed) }, 'x.zip', Buffer.concat(parts));
  expect([plan.rules, plan.skipped, plan.folders]).toEqual([[], [], []]);
  expect(plan.files.map(({ path, effect }) => [path, effect])).toEqual([...kernel.files.keys()].filter((path) => path.includes('.')).sort().map((path) => [path, 'unchanged']));
});

test('only texts of a usual length are compared, and line ends that alone differ are told', () => {
  const of = (text: string) => new TextEncoder().encode(text);
  expect(compared(of('a\n'), of('b\n'))).toEqual({ texts: ['a\n', 'b\n'] });
  expect(compared(of('a\n'), of('a\r\n'))).toEqual({ texts: ['a\n', 'a\r\n'], note: 'Only their line ends differ.' });
  for (const other of [new Uint8Array([0xff]), of('a\0')]) expect(compared(of('a'), other)).toEqual({ note: 'Only texts can be compared.' });
  expect(compared(of('a'), new Uint8Array(2 ** 20 + 1))).toEqual({ note: 'They are too long for a comparison: it takes at most 1 MB.' });
});

test('an export says which workspace it is of, and what is mounted in it is no file to import', async () => {
  const text = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
  const stamp = { workspace: 'ab12', heads: ['cd34'] };
  const zip = zipSync({ 'workspace.json': text(stamp), 'a.txt': text('a'), 'runs/x/y.json': text('{}'), 'scopes/base/b.txt': text('b') });
  const plan = await planImport({ entries: new Map() }, 'x.zip', zip);
  expect(plan.files.map(({ path }) => path)).toEqual(['a.txt', 'runs/x/y.json']);
  expect(plan.skipped).toEqual([{ name: 'scopes/base/b.txt', reason: 'other workspaces are mounted, not imported' }]);
  const parent = await readParent(zip);
  expect(parent).toMatchObject(stamp);
  expect(parent.files.map(({ path, hash }) => [path, hash.length])).toEqual([['a.txt', 64], ['scopes/base/b.txt', 64]]);
  for (const other of ['{}', 'null', '{"workspace":"a","heads":[1]}']) {
    const bytes = zipSync({ 'workspace.json': text(other) });
    await expect(readParent(bytes)).rejects.toThrow('does not say which workspace');
    expect((await planImport({ entries: new Map() }, 'x.zip', bytes)).files).toHaveLength(1);
  }
  await expect(readParent(zipSync({ 'workspace.json': text(stamp), '../a.txt': text('a') }))).rejects.toThrow('leads out');
  expect(['selvage-2026-11-28.zip', 'Our clients.ZIP', '.zip'].map(nameFor)).toEqual(['selvage', 'Our-clients', 'parent']);
});

test('what is mounted is told by its path, and has one in its own workspace', () => {
  expect(['scopes', 'scopes/a', 'Scopes/a/b', 'scopes.json', 'a/scopes/b'].map(isMounted)).toEqual([true, true, true, false, false]);
  expect(['scopes/a', 'scopes/a/b', 'scopes'].map(mountOf)).toEqual(['a', undefined, undefined]);
  expect([placeOf('x.py'), placeOf('w/x.py', 'a/b')]).toEqual(['x.py', 'scopes/a/scopes/b/w/x.py']);
  expect(withoutScope('scopes/a/scopes/b/w/x.py')).toBe('w/x.py');
  expect(['scopes/a/modules/x.py', 'scopes/a/w/x.py'].map(isFlow)).toEqual([false, true]);
  expect(['scopes/a/forms/x.form.json', 'scopes/a/x.form.json'].map(isForm)).toEqual([true, false]);
});

test('a zip that unpacks to too much is refused', async () => {
  // Zeros pack a thousandfold.
  const zeros = new Uint8Array(8 * 1024 * 1024);
  const entries = Array.from({ length: 65 }, (_, index) => [`${index}.bin`, zeros] as const);
  const bytes = zipSync(Object.fromEntries(entries), { level: 1 });
  expect(bytes.length).toBeLessThan(8 * 1024 * 1024);
  await expect(planImport({ entries: new Map() }, 'x.zip', bytes)).rejects.toThrow('more than 512 MB');
}, 60_000);

test('of a zip, no file comes twice, and none where others have their folder', async () => {
  // One name is written in two ways, which lead to one path.
  const bytes = zipSync({ 'a': new Uint8Array([1]), 'a/b': new Uint8Array([2]), 'c/d': new Uint8Array([3]), './c/d': new Uint8Array([4]) });
  const { files, skipped } = await planImport({ entries: new Map() }, 'x.zip', bytes);
  expect([files.map(({ path }) => path), skipped]).toEqual([
    ['a/b', 'c/d'],
    [{ name: 'a', reason: 'other files have it as their folder' }, { name: 'c/d', reason: 'another file has its name' }],
  ]);
});

test('a name in another writing is the name that the workspace has', () => {
  expect(safePath('cafe\u0301.txt')).toBe('caf\u00e9.txt');
});

test('what is not a zip says so', async () => {
  await expect(planImport({ entries: new Map() }, 'x.zip', new TextEncoder().encode('hello'))).rejects.toThrow('not a zip');
});

test('paths of archives are made safe or refused', () => {
  expect([safePath('/abs/x'), safePath('./a//b'), safePath('a\\b')]).toEqual(['abs/x', 'a/b', 'a/b']);
  for (const bad of ['a/../../b', '..', 'C:\\x', '']) expect(safePath(bad), bad).toBeUndefined();
});

test('no character hides: controls, turned text, spaces without width and tags stand there by their numbers', () => {
  for (const sign of ['\u0000', '\u001b', '\r', '\u00a0', '\u00ad', '\u200b', '\u200f', '\u202e', '\u2066', '\u2028', '\u3164', '\ufeff', '\ufe0f', '\u{e0041}', '\u{e0101}', '\ud800'])
    expect(openly(`a${sign}b`), (sign.codePointAt(0) ?? 0).toString(16)).toEqual([
      { text: 'a', odd: false },
      { text: `U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`, odd: true },
      { text: 'b', odd: false },
    ]);
  for (const text of ['', 'a\tb', 'Grüße, 世界', '😀']) expect(openly(text)).toEqual([{ text, odd: false }]);
  // What only reads as a number is none, and no two texts look the same.
  expect(openly('U+202E, u+202E, U+20').map(({ text }) => text).join('')).toBe('U+0055+202E, u+202E, U+20');
  expect(openly('U+200b\u200bUU+ffff0').map(({ text }) => text).join('')).toBe('U+0055+200bU+200BUU+0055+ffff0');
  // A text of several lines has its line ends, and nothing else that turns or hides.
  expect([openly('a\nb'), openly('a\nb\r\u202e', true)]).toEqual([
    [{ text: 'a', odd: false }, { text: 'U+000A', odd: true }, { text: 'b', odd: false }],
    [{ text: 'a\nb', odd: false }, { text: 'U+000D', odd: true }, { text: 'U+202E', odd: true }],
  ]);
});

test('a style sheet splits at its outermost rules only', () => {
  expect(topLevelRules('a{b:c}/* } */@media x{d{e:f}g{h:i}}j{k:l}')).toEqual(['a{b:c}', '@media x{d{e:f}g{h:i}}', 'j{k:l}']);
});
