import { ChangeSet, EditorSelection } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import { beforeEach, expect, test, vi } from 'vitest';
import { Document } from '../src/editor/document.svelte';
import { Documents } from '../src/editor/documents.svelte';
import { Problems } from '../src/lib/problems.svelte';
import { LOG_ENTRIES_MAX, Run, Runs } from '../src/lib/runs.svelte';
import type { ToolResult } from '../src/lib/tools';
import { Workspace } from '../src/lib/workspace.svelte';
import { Toasts } from '../src/ui/toasts.svelte';
import { FakeKernel } from './fake-kernel';

const FILES = { 'flows/invoices.flow.js': 'let a = 1;', 'notes/a.txt': 'one', 'notes/b.txt': 'two' };

async function open(files: Record<string, string> = FILES) {
  const kernel = new FakeKernel(files);
  const toasts = new Toasts();
  const workspace = new Workspace(kernel, toasts);
  kernel.start();
  await vi.waitUntil(() => workspace.loaded);
  return { kernel, toasts, workspace };
}

/** As much of an editor as a document needs. */
function editor(document: Document) {
  let doc = document.shown;
  const view = {
    get state() {
      return { doc, selection: EditorSelection.single(0) };
    },
    dispatch: ({ changes }: { changes: ChangeSet }) => (doc = changes.apply(doc)),
    destroy: () => undefined,
  };
  document.attach(view as unknown as EditorView);
  return {
    type: (at: number, insert: string) => {
      const changes = ChangeSet.of({ from: at, insert }, doc.length);
      doc = changes.apply(doc);
      document.edited(changes);
    },
    text: () => doc.toString(),
  };
}

const writes = (kernel: FakeKernel) => kernel.calls.filter((call) => call.name === 'write').map(({ input }) => [input['content'], input['draft'] ?? false]);

beforeEach(() => {
  vi.useRealTimers();
});

test('typing is kept as a draft soon, and saving makes it a change', async () => {
  const { kernel, workspace } = await open();
  const document = new Document(1, 'notes/a.txt', workspace);
  await document.load();
  const person = editor(document);
  person.type(3, '!');
  person.type(4, '?');
  expect(document.dirty).toBe(true);
  await vi.waitUntil(() => writes(kernel).length === 1);
  expect(writes(kernel)).toEqual([['one!?', true]]);
  expect(document.dirty).toBe(true);
  await document.save();
  expect(writes(kernel)).toEqual([['one!?', true], ['one!?', false]]);
  expect(document.dirty).toBe(false);
});

test('what could not follow a file that moves is told, and stays until it is closed', async () => {
  const { kernel, toasts, workspace } = await open();
  const call = kernel.call.bind(kernel);
  const left = [{ path: 'flows/x.json', why: 'it is too large' }];
  vi.spyOn(kernel, 'call').mockImplementation((name, input) => (name === 'move' ? Promise.resolve({ ok: true, value: { change: [], message: '', paths: [], left } } as ToolResult) : call(name, input)));
  expect(await workspace.move('notes/a.txt', 'notes/c.txt')).toBe(true);
  expect(toasts.list).toMatchObject([{ tone: 'error', hint: 'Not rewritten: flows/x.json (it is too large).' }]);
  vi.restoreAllMocks();
  expect(await workspace.move('notes/a.txt', 'notes/c.txt')).toBe(true);
  expect(toasts.list).toHaveLength(1);
});

test('how many files followed one that moves is told, with a way back', async () => {
  const { kernel, toasts, workspace } = await open();
  const call = kernel.call.bind(kernel);
  let paths = ['notes/a.txt', 'notes/c.txt', 'flows/x.json'];
  vi.spyOn(kernel, 'call').mockImplementation((name, input) => (name === 'move' ? Promise.resolve({ ok: true, value: { change: [], message: '', paths } } as ToolResult) : call(name, input)));
  expect(await workspace.move('notes/a.txt', 'notes/c.txt')).toBe(true);
  expect(toasts.list).toMatchObject([{ text: 'Renamed “a.txt” to “c.txt”, and changed 1 file that names it.', action: { label: 'Undo' } }]);
  // Folders that were made for it have no text.
  paths = ['notes/c.txt', 'old', 'old/deep', 'old/deep/c.txt'];
  expect(await workspace.move('notes/c.txt', 'old/deep/c.txt')).toBe(true);
  expect(toasts.list.at(-1)?.text).toBe('Moved “c.txt” to old/deep/.');
});

test('a full storage is told, what was typed stays, and is written when there is room again', async () => {
  const { kernel, toasts, workspace } = await open();
  const document = new Document(1, 'notes/a.txt', workspace);
  await document.load();
  const person = editor(document);
  const call = kernel.call.bind(kernel);
  let isFull = true;
  const error = { code: 'STORAGE_FULL', message: 'Storage is full.', hint: 'Delete what is not needed.' };
  vi.spyOn(kernel, 'call').mockImplementation((name, input) =>
    isFull && name === 'write' ? Promise.resolve({ ok: false, error } as ToolResult) : call(name, input),
  );
  person.type(3, '!');
  await vi.waitUntil(() => document.problem !== undefined);
  person.type(4, '?');
  await document.save().catch(() => undefined);
  const told = toasts.list.filter(({ text }) => text.includes('was not saved'));
  expect(told.length).toBeGreaterThan(0);
  expect(JSON.stringify(told)).toContain('Delete what is not needed.');
  expect([document.dirty, person.text()]).toEqual([true, 'one!?']);
  isFull = false;
  await document.save();
  expect([document.dirty, document.problem]).toEqual([false, undefined]);
  expect(writes(kernel)).toEqual([['one!?', false]]);
});

test('a change from outside lands around what is being typed, and both are written', async () => {
  const { kernel, workspace } = await open({ 'a.txt': 'one\ntwo\nthree' });
  const documents = new Documents(workspace, new Problems(kernel));
  const document = documents.ensure('a.txt');
  await vi.waitUntil(() => document.kind === 'text');
  const person = editor(document);
  person.type(0, 'ZERO ');
  await kernel.call('write', { path: 'a.txt', content: 'one\ntwo\nthree\nfour' });
  await vi.waitUntil(() => person.text().includes('four'));
  expect(person.text()).toBe('ZERO one\ntwo\nthree\nfour');
  await document.save();
  expect(new TextDecoder().decode(kernel.files.get('a.txt')?.bytes)).toBe('ZERO one\ntwo\nthree\nfour');
});

test('a file keeps its line ends', async () => {
  const { kernel, workspace } = await open({ 'a.txt': 'one\r\ntwo' });
  const document = new Document(1, 'a.txt', workspace);
  await document.load();
  const person = editor(document);
  person.type(0, '> ');
  await document.save();
  expect(writes(kernel).at(-1)).toEqual(['> one\r\ntwo', false]);
});

test.each([
  ['id,note\r\n1,"in\ncell"\r\n', 'what a spreadsheet writes'],
  ['a\rb\nc', 'an old end in between'],
  ['a\rb\r', 'an old end alone'],
  ['one\n\r\ntwo', 'an empty line between two kinds'],
])('of a file that mixes its line ends, nothing but what is typed changes: %j', async (content) => {
  const { kernel, workspace } = await open({ 'a.csv': content });
  const documents = new Documents(workspace, new Problems(kernel));
  const document = documents.ensure('a.csv');
  await vi.waitUntil(() => document.kind === 'text');
  const person = editor(document);
  person.type(0, '> ');
  await document.save();
  expect(writes(kernel).at(-1)).toEqual([`> ${content}`, false]);
  await kernel.call('write', { path: 'a.csv', content: `> ${content}\r\nlast\r` });
  await vi.waitUntil(() => person.text().includes('last'));
  person.type(0, '> ');
  await document.save();
  expect(writes(kernel).at(-1)).toEqual([`> > ${content}\r\nlast\r`, false]);
});

test('an open file that one change moves and edits shows its new text', async () => {
  const { kernel, workspace } = await open();
  const documents = new Documents(workspace, new Problems(kernel));
  const document = documents.ensure('notes/a.txt');
  await vi.waitUntil(() => document.kind === 'text');
  const person = editor(document);
  const item = kernel.files.get('notes/a.txt')!;
  kernel.files.delete('notes/a.txt');
  kernel.files.set('texts/a.txt', { ...item, bytes: new TextEncoder().encode('one and two') });
  kernel.emit({ kind: 'changed', paths: ['notes/a.txt', 'texts/a.txt'], heads: ['h2'] });
  await vi.waitUntil(() => document.path === 'texts/a.txt');
  await vi.waitUntil(() => person.text() === 'one and two');
});

test('an open file that was made anew at its place is followed as what it is now', async () => {
  const { kernel, workspace } = await open();
  const documents = new Documents(workspace, new Problems(kernel));
  const document = documents.ensure('notes/a.txt');
  await vi.waitUntil(() => document.kind === 'text');
  await kernel.call('delete', { path: 'notes/a.txt' });
  await vi.waitUntil(() => document.gone);
  await kernel.call('write', { path: 'notes/a.txt', content: 'again' });
  await vi.waitUntil(() => !document.gone);
  await kernel.call('move', { from: 'notes', to: 'texts' });
  await vi.waitUntil(() => document.path === 'texts/a.txt');
});

test('an open file that is moved stays open under its new path; a deleted one is marked', async () => {
  const { kernel, workspace } = await open();
  const documents = new Documents(workspace, new Problems(kernel));
  const document = documents.ensure('notes/a.txt');
  await vi.waitUntil(() => document.kind === 'text');
  await kernel.call('move', { from: 'notes', to: 'texts' });
  await vi.waitUntil(() => document.path === 'texts/a.txt');
  expect(document.gone).toBe(false);
  await kernel.call('delete', { path: 'texts/a.txt' });
  await vi.waitUntil(() => document.gone);
});

test('Python that is imported is linted while it is typed, and a script of a page is not', async () => {
  const { kernel, workspace } = await open({ 'modules/money.py': 'x', 'forms/_a.py': 'x', 'site/main.js': 'document.title', 'notes/a.txt': 'x' });
  const problems = new Problems(kernel);
  const documents = new Documents(workspace, problems);
  const opened = ['site/main.js', 'notes/a.txt', 'modules/money.py', 'forms/_a.py'].map((path) => documents.ensure(path));
  await vi.waitUntil(() => problems.reports.size === 2);
  await vi.waitUntil(() => opened.every((document) => document.kind === 'text'));
  expect([...problems.reports.keys()].sort()).toEqual(['forms/_a.py', 'modules/money.py']);
  expect(opened.some((document) => document.isFlow)).toBe(false);
});

test('a flow that is deleted takes its problems with it, and brings them back', async () => {
  const { kernel, workspace } = await open({ 'flows/bad.flow.js': 'await flow.fs.raedText("a");', 'flows/other.flow.js': 'await flow.fs.raedText("a");' });
  const problems = new Problems(kernel);
  const documents = new Documents(workspace, problems);
  const document = documents.ensure('flows/bad.flow.js');
  await problems.lint('flows/other.flow.js', undefined);
  await vi.waitUntil(() => problems.errors === 2);
  await workspace.remove(['flows/bad.flow.js', 'flows/other.flow.js']);
  await vi.waitUntil(() => document.gone);
  expect(problems.all).toEqual([]);
  await workspace.undo(2);
  await vi.waitUntil(() => problems.errors === 1);
});

test('an answer of lint that a newer question overtook is dropped', async () => {
  const answers: ((result: ToolResult) => void)[] = [];
  const problems = new Problems(Object.assign(new FakeKernel(), { call: () => new Promise<ToolResult>((resolve) => answers.push(resolve)) }));
  const report = (code: string): ToolResult => ({ ok: true, value: { ok: true, diagnostics: [{ code, path: 'a' }], fixed: 0, inputs: [], outputs: [], grant: {} } });
  const old = problems.lint('a.flow.js', 'old');
  const fresh = problems.lint('a.flow.js', 'new');
  answers[1]?.(report('fresh'));
  answers[0]?.(report('old'));
  expect([await old, (await fresh)?.diagnostics[0]?.code]).toEqual([undefined, 'fresh']);
  expect(problems.all.map((one) => one.code)).toEqual(['fresh']);
});

test('a run streams its log, asks for more, goes on, and leaves a record in the history', async () => {
  const { workspace, toasts } = await open({ 'flows/endless.flow.js': 'while (true);' });
  const runs = new Runs(workspace, toasts);
  const run = await runs.start({ path: 'flows/endless.flow.js' });
  await vi.waitUntil(() => run?.asked);
  expect(run?.status).toBe('asking');
  expect(run?.asked).toMatchObject({ limit: 'cpuMsMax', used: 10_000 });
  expect(run?.logs.map((entry) => entry.text)).toEqual(['Counting primes until somebody stops me']);
  if (run) await runs.answer(run, { limits: { cpuMsMax: 20_000 } });
  await vi.waitUntil(() => run?.record);
  expect(run?.record?.value).toBe(78_498);
  expect(run?.logs).toHaveLength(1);
  await runs.readHistory();
  expect(runs.past[0]).toMatchObject({ path: 'flows/endless.flow.js', status: 'succeeded' });
});

test('a record lies where it was read, whatever it says itself', async () => {
  const record = { run: 'r', path: 'flows/a.flow.js', status: 'succeeded', startedMs: 1, record: 'runs/a/r.json' };
  const { workspace, toasts } = await open({ 'runs/a/copy.json': JSON.stringify(record) });
  const runs = new Runs(workspace, toasts);
  expect((await runs.open('runs/a/copy.json'))?.record).toBe('runs/a/copy.json');
  expect(runs.current?.record).toEqual({ ...record, record: 'runs/a/copy.json' });
});

test('a flood of log entries is told at most once for each picture', async () => {
  const frames: (() => void)[] = [];
  vi.stubGlobal('requestAnimationFrame', (run: () => void) => frames.push(run));
  const run = new Run('run-1', 'a.flow.js', 0);
  const before = run.logged;
  for (let seq = 0; seq < LOG_ENTRIES_MAX + 500; seq++) run.append([{ seq, atMs: seq, level: 'info', source: 'flow', text: `line ${seq}` }]);
  expect([run.logged - before, frames.length]).toEqual([0, 1]);
  frames.pop()?.();
  expect([run.logged - before, run.logs.length, run.dropped]).toEqual([1, LOG_ENTRIES_MAX, 500]);
  run.append([{ seq: 3, atMs: 3, level: 'info', source: 'flow', text: 'late' }]);
  expect(run.logs.at(-1)?.text).toBe(`line ${LOG_ENTRIES_MAX + 499}`);
  expect(frames).toHaveLength(1);
  vi.unstubAllGlobals();
});

test('the newest change is the run\u2019s until something else changes; records of runs do not count', async () => {
  const { workspace, toasts } = await open({ 'flows/invoices.flow.js': 'let a = 1;' });
  const runs = new Runs(workspace, toasts);
  const run = await runs.start({ path: 'flows/invoices.flow.js' });
  await vi.waitUntil(() => run?.record);
  expect((await workspace.newestChange())?.origin).toEqual({ kind: 'run', name: run?.id });
  await workspace.write('a.txt', 'one');
  expect((await workspace.newestChange())?.origin.kind).toBe('person');
});

test('what lint found is no toast, and toasts about runs go when the next one starts', async () => {
  const { kernel, workspace, toasts } = await open();
  const runs = new Runs(workspace, toasts);
  await runs.start({ path: 'nowhere.flow.js' });
  toasts.success('Something else.');
  expect(toasts.list).toHaveLength(2);
  kernel.call = () => Promise.resolve({ ok: false, error: { code: 'LINT_FAILED', message: 'The flow has errors.' } });
  await runs.start({ path: 'flows/invoices.flow.js' });
  expect(toasts.list.map((toast) => toast.text)).toEqual(['Something else.']);
});

test('a cancelled run ends, and a refused start is told with what to do', async () => {
  const { workspace, toasts } = await open();
  const runs = new Runs(workspace, toasts);
  const run = await runs.start({ path: 'flows/invoices.flow.js' });
  if (run) await runs.cancel(run);
  await vi.waitUntil(() => run?.status === 'cancelled');
  expect(await runs.start({ path: 'nowhere.flow.js' })).toBeUndefined();
  expect(toasts.list.at(-1)).toMatchObject({ tone: 'error', text: expect.stringContaining('There is no “nowhere.flow.js”') });
});

test('deleting offers an undo that brings everything back', async () => {
  const { workspace, toasts } = await open();
  await workspace.remove(['notes/a.txt', 'notes/b.txt']);
  await vi.waitUntil(() => !workspace.entries.has('notes/b.txt'));
  toasts.list.at(-1)?.action?.run();
  await vi.waitUntil(() => workspace.entries.has('notes/a.txt') && workspace.entries.has('notes/b.txt'));
});

test('an undo is offered until something else is changed, and never undoes that', async () => {
  const { workspace, toasts } = await open();
  await workspace.remove(['notes/a.txt']);
  await vi.waitUntil(() => !workspace.entries.has('notes/a.txt'));
  // Some more of what comes with a change is looked at; the offer stays.
  await workspace.refresh();
  const offered = toasts.list.at(-1)?.action;
  expect(offered?.label).toBe('Undo');
  await workspace.remove(['notes/b.txt']);
  await vi.waitUntil(() => toasts.list.at(-2)?.action === undefined);
  expect(toasts.list.at(-1)?.action?.label, 'the newer one is offered').toBe('Undo');
  // Whoever was quicker than that is told.
  offered?.run();
  await vi.waitUntil(() => toasts.list.at(-1)?.text.startsWith('Nothing was undone'));
  expect(workspace.entries.has('notes/b.txt')).toBe(false);
  toasts.list.find(({ action }) => action)?.action?.run();
  await vi.waitUntil(() => workspace.entries.has('notes/b.txt'));
  expect(workspace.entries.has('notes/a.txt')).toBe(false);
});

test('a redo is offered until something else is changed, too', async () => {
  const { kernel, workspace, toasts } = await open();
  await workspace.remove(['notes/a.txt']);
  await workspace.undo();
  await vi.waitUntil(() => workspace.entries.has('notes/a.txt'));
  const offered = toasts.list.at(-1)?.action;
  expect(offered?.label, 'the undo itself is nothing else').toBe('Redo');
  await kernel.call('write', { path: 'notes/b.txt', content: 'two' });
  await vi.waitUntil(() => toasts.list.at(-1)?.action === undefined);
  expect(toasts.list.at(-1)?.text, 'what it tells is true all the same').toBe('Undone: the last change of “notes/a.txt”.');
  // Whoever was quicker than that is told.
  offered?.run();
  await vi.waitUntil(() => toasts.list.at(-1)?.text.startsWith('Nothing was redone: something else'));
});

test('an undo and a redo tell what they changed, and offer the way back', async () => {
  const { kernel, toasts, workspace } = await open();
  await kernel.call('write', { path: 'notes/a.txt', content: 'two' });
  await workspace.undo();
  expect(toasts.list).toMatchObject([{ tone: 'info', text: 'Undone: the last change of “notes/a.txt”.', action: { label: 'Redo' } }]);
  const call = kernel.call.bind(kernel);
  const spied = vi.spyOn(kernel, 'call').mockImplementation(async (name, input) => (name === 'undo' ? ({ ok: true, value: { change: [], message: 'Undo', paths: ['out', 'out/a', 'out/a/b.md'] } } as ToolResult) : call(name, input)));
  await workspace.undo();
  expect(toasts.list, 'no folder beside what is in it').toMatchObject([{ text: 'Undone: the last change of “out/a/b.md”.' }]);
  spied.mockRestore();
  toasts.list[0]?.action?.run();
  await vi.waitUntil(() => toasts.list[0]?.text.startsWith('Redone'));
  // What was offered before would undo something else by now.
  expect(toasts.list).toMatchObject([{ text: 'Redone: the last change of “notes/a.txt”.', action: { label: 'Undo' } }]);
  expect(new TextDecoder().decode(kernel.files.get('notes/a.txt')?.bytes)).toBe('two');
  await workspace.remove(['notes/a.txt', 'notes/b.txt']);
  await workspace.undo(2);
  expect(toasts.list.at(-1)).toMatchObject({ text: 'Undone: the last 2 changes of “notes/b.txt” and 1 more.', action: { label: 'Redo' } });
  await workspace.undo();
  await workspace.undo();
  expect(toasts.list.at(-1)).toMatchObject({ tone: 'error', text: 'Nothing was undone: There is nothing left to undo.' });
  expect(toasts.list.filter(({ about }) => about === 'undo'), 'a way back from what was not undone').toEqual([]);
});

test('copying a folder copies what is in it under a free name', async () => {
  const { workspace } = await open();
  await workspace.copy('notes', '');
  await workspace.refresh();
  expect([...workspace.entries.keys()]).toEqual(expect.arrayContaining(['notes 2', 'notes 2/a.txt', 'notes 2/b.txt']));
});

test('while a Python file is broken, its form stays what it was', async () => {
  const entries = [{ kind: 'workflow', function: 'sync' }];
  const said = [{ ok: true, entries }, { ok: false, entries: [] }, { ok: true, entries: [] }];
  const call = () => Promise.resolve({ ok: true, value: { diagnostics: [], ...said.shift() } });
  const problems = new Problems({ call } as unknown as FakeKernel);
  const seen = [];
  for (let look = 0; look < 3; look++) seen.push((await problems.lint('workflows/a.py', ''))?.entries);
  expect(seen).toEqual([entries, entries, []]);
});

test('whoever asks for the tree while it is read gets what was there when they asked', async () => {
  const { kernel, workspace } = await open();
  const first = workspace.refresh();
  await kernel.call('write', { path: 'notes/late.txt', content: '' });
  await Promise.all([workspace.refresh(), workspace.refresh()]);
  expect(workspace.entries.has('notes/late.txt')).toBe(true);
  await first;
  expect(kernel.calls.filter(({ name, input }) => name === 'ls' && input['recursive'] === true && input['path'] === '').length).toBe(3);
});
