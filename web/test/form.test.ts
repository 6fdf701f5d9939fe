import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ranTitle, ranTitles, runnables } from '../src/lib/flows';
import { Forms } from '../src/lib/form-state.svelte';
import { LIMIT_FIELDS } from '../src/lib/limits';
import { controlOf, domainProblem, examplesOf, fieldsOf, initialValue, MORE_ARGUMENTS, moreOf, readEnv, readForm, readLimits, undenied, type Field } from '../src/lib/run-form';
import { fileOf, type Foreseen, type FlowEntry, type FlowParameter, type RunRecord } from '../src/lib/tools';

const input = (id: string, kind: Field['kind'], rest: Partial<Field> = {}): Field => ({ id, label: id, kind, optional: false, ...rest });
const parameter = (name: string, type: FlowParameter['type'], rest: Partial<FlowParameter> = {}): FlowParameter => ({ name, label: name, type, required: true, ...rest });
const entry = (parameters: FlowParameter[], rest: Partial<FlowEntry> = {}): FlowEntry => ({ kind: 'workflow', function: 'sync', name: 'Sync', category: 'General', parameters, async: true, line: 3, ...rest });
const NO_ENTRIES = () => new Map<string, { path: string; id: string }>();

test('fields become arguments of their declared kinds', () => {
  const inputs = [input('t', 'text'), input('n', 'number'), input('b', 'boolean'), input('j', 'json'), input('f', 'file'), input('s', 'select', { options: ['x'] })];
  const { args, problems } = readForm(inputs, { t: '42', n: '4.5', b: true, j: '[1, null]', f: 'data/a.csv', s: 'x' });
  expect(problems).toEqual({});
  expect(args).toEqual({ t: '42', n: 4.5, b: true, j: [1, null], f: 'data/a.csv', s: 'x' });
});

test('what is needed and missing is named; what is optional and empty is left out', () => {
  const { args, problems } = readForm([input('file', 'file'), input('note', 'text', { optional: true }), input('flag', 'boolean', { optional: true })], {});
  expect(Object.keys(problems)).toEqual(['file']);
  expect(args).toEqual({ flag: false });
});

test('wrong numbers and wrong JSON are problems, not arguments', () => {
  const { args, problems } = readForm([input('n', 'number'), input('j', 'json')], { n: 'four', j: '{' });
  expect(args).toEqual({});
  expect(Object.keys(problems)).toEqual(['n', 'j']);
});

test('an untouched field has its default', () => {
  expect(initialValue(input('j', 'json', { default: { a: 1 } }))).toBe('{\n  "a": 1\n}');
  expect(readForm([input('n', 'number', { default: 3 })], {}).args).toEqual({ n: 3 });
  expect(readForm([input('b', 'boolean', { default: true })], {}).args).toEqual({ b: true });
});

test('limits are read in their units, and nonsense is refused', () => {
  const { limits, problems } = readLimits({ cpuMsMax: '1.5', memoryBytesMax: '64', fuelMax: 'much', filesMax: '0', callsMax: '' });
  expect(limits).toEqual({ cpuMsMax: 1500, memoryBytesMax: 67_108_864 });
  expect(Object.keys(problems).sort()).toEqual(['filesMax', 'fuelMax']);
});

test('dates and times have controls of their own, which lose nothing of what they are given', () => {
  const fields = fieldsOf(entry([parameter('day', 'date', { required: false }), parameter('at', 'datetime'), parameter('opens', 'time')]));
  expect(fields.map((one) => controlOf(one.kind, initialValue(one)))).toEqual(['date', 'datetime-local', 'time']);
  expect(readForm(fields, { at: '2026-03-01T09:30', opens: '08:00' })).toEqual({ args: { at: '2026-03-01T09:30', opens: '08:00' }, problems: {} });
  expect(readForm(fields, { day: '2026-03-01' })).toEqual({ args: { day: '2026-03-01' }, problems: { at: 'This is needed.', opens: 'This is needed.' } });
  // What a run of the past was given may have a zone.
  expect([controlOf('datetime', '2026-03-01T09:30:15+02:00'), controlOf('date', 'tomorrow'), controlOf('text', '2026-03-01')]).toEqual(['text', 'text', 'text']);
});

test('what is written as JSON has an example by its kind', () => {
  const [list, any, text, more] = fieldsOf(entry([parameter('names', 'list'), parameter('meta', 'json'), parameter('note', 'text')], { takesMore: true }));
  const read = (field: Field | undefined) => examplesOf(field!).map((one) => readForm([field!], { [field!.id]: one }).problems);
  expect([read(list), read(any), read(text), read(more)]).toEqual([[{}], [{}, {}], [], [{}]]);
});

test('a run is told by its file and its function, and by the whole path where two files are called alike', () => {
  const runs = [{ path: 'a/orders.py', function: 'sum' }, { path: 'a/orders.py', function: 'place' }, { path: 'b/tidy.py' }];
  expect([ranTitle(runs[0]!), ...runs.map(ranTitles(runs))]).toEqual(['orders.py::sum', 'orders.py::sum', 'orders.py::place', 'tidy.py']);
  const more = [...runs, { path: 'b/orders.py', function: 'sum' }];
  expect(more.map(ranTitles(more))).toEqual(['a/orders.py::sum', 'a/orders.py::place', 'tidy.py', 'b/orders.py::sum']);
});

test('what the policy denies is taken from what a flow may touch, and nothing else is', () => {
  const said = (what: string, forecast: Foreseen['forecast']): Foreseen => ({ what, forecast, reason: '' });
  const left = undenied([said('read data/**', 'denied'), said('write data/**', 'asked'), said('fetch from a.org', 'denied'), said('call read', 'denied'), said('write out/*', 'depends')]);
  expect(left('read', ['data/**', 'lib/a.js'])).toEqual(['lib/a.js']);
  expect(left('write', ['data/**', 'out/*'])).toEqual(['data/**', 'out/*']);
  expect([left('net', ['a.org', 'b.org']), left('tools', ['read', 'write']), left('net')]).toEqual([['b.org'], ['write'], []]);
  expect(undenied()('read', ['a'])).toEqual(['a']);
  // As the engine says them.
  const rules = readFileSync(new URL('../../crates/workbench/src/policy/rules.rs', import.meta.url), 'utf8');
  for (const words of ['read {path}', 'write {path}', 'fetch from {domain}', 'call {name}']) expect(rules).toContain(`format!("${words}")`);
});

test('no limit says twice what it counts', () => {
  for (const { label, unit } of LIMIT_FIELDS) expect(label.toLowerCase().split(' '), label).not.toContain(unit);
});

test('the environment is lines of NAME=value, and the wrong line is named', () => {
  expect(readEnv('A=1\n\n# note\nB=x=y')).toEqual({ env: { A: '1', B: 'x=y' } });
  expect(readEnv('A=1\nnonsense').problem).toContain('Line 2');
});

test('granting more is more than was used', () => {
  expect(moreOf(10_000)).toBe(20_000);
  expect(moreOf(0.3)).toBe(1);
});

test('the parameters of a function become fields, and what is filled in becomes values of their types', () => {
  const fields = fieldsOf(
    entry([
      parameter('region', 'text', { options: ['eu', 'us'] }),
      parameter('size', 'integer', { options: [1, 2], required: false, default: 2 }),
      parameter('limit', 'integer'),
      parameter('rate', 'number', { required: false, default: 0.5 }),
      parameter('names', 'list'),
      parameter('dry', 'boolean', { required: false, default: true }),
      parameter('strict', 'boolean', { required: false }),
    ]),
  );
  const { args, problems } = readForm(fields, { region: 'eu', limit: ' 12 ', names: '["a"]' });
  expect(problems).toEqual({});
  expect(args).toEqual({ region: 'eu', size: 2, limit: 12, rate: 0.5, names: ['a'], dry: true });
  expect(readForm(fields, { region: 'eu', limit: '1', names: '[]', strict: 'false' }).args).toMatchObject({ strict: false });
});

test('what does not fit its parameter is told at its field', () => {
  const fields = fieldsOf(entry([parameter('limit', 'integer'), parameter('names', 'list'), parameter('region', 'text', { options: ['eu'] }), parameter('note', 'text')]));
  const { problems } = readForm(fields, { limit: '1.5', names: '{"a": 1}', region: 'asia' });
  expect(problems).toEqual({
    limit: 'This is not a whole number.',
    names: 'This is not a list: write it as ["a", "b"].',
    region: 'Choose one of the list.',
    note: 'This is needed.',
  });
});

test('a whole number keeps all its digits', () => {
  expect(readForm([input('n', 'integer')], { n: '9007199254740993' }).args).toEqual({ n: '9007199254740993' });
});

test('a function that takes anything is given what is written as an object, and nothing else', () => {
  const fields = fieldsOf(entry([], { takesMore: true }));
  expect(readForm(fields, { [MORE_ARGUMENTS]: '{"a": 1, "__proto__": 2}' }).args).toEqual(Object.fromEntries([['a', 1], ['__proto__', 2]]));
  expect(readForm(fields, { [MORE_ARGUMENTS]: '[1]' }).problems[MORE_ARGUMENTS]).toContain('not an object');
  expect(readForm(fields, {}).args).toEqual({});
});

test('functions are run by their references, and references lead back to their files', () => {
  const flows = [
    { path: 'flows/a.flow.js', name: 'a', inputs: [] },
    { path: 'workflows/b.py', name: 'b', inputs: [], entries: [entry([]), entry([], { function: 'count', name: 'Count' })] },
  ];
  expect(runnables(flows).map(({ reference, title }) => [reference, title])).toEqual([['flows/a.flow.js', 'a'], ['workflows/b.py::sync', 'Sync'], ['workflows/b.py::count', 'Count']]);
  expect(fileOf('workflows/b.py::sync')).toBe('workflows/b.py');
  expect(fileOf('x::y.py')).toBe('x::y.py');
});

test('what is filled in stays with its function, and a run of the past fills in the function that it ran', () => {
  const about = { inputs: [], entries: [entry([parameter('limit', 'integer')], { kind: 'tool', function: 'count' }), entry([parameter('region', 'text')])] };
  const form = new Forms(() => undefined, NO_ENTRIES).of('workflows/b.py');
  expect(form.entry(about)?.function, 'a workflow comes before a tool').toBe('sync');
  form.set(form.entry(about), { id: 'region', label: 'region', kind: 'text' }, 'eu');
  form.chosen = 'count';
  expect(form.problems(about)).toEqual({ limit: 'This is needed.' });
  form.set(form.entry(about), { id: 'limit', label: 'limit', kind: 'integer' }, '7');
  expect(form.request(about, undefined, 'run')).toMatchObject({ path: 'workflows/b.py::count', args: { limit: 7 } });
  form.chosen = 'sync';
  expect(form.request(about, undefined, 'run')).toMatchObject({ path: 'workflows/b.py::sync', args: { region: 'eu' } });
  form.refill({ path: 'workflows/b.py', function: 'count', args: { limit: 9 }, seed: 3 } as RunRecord, about);
  expect(form.request(about, undefined, 'run')).toMatchObject({ path: 'workflows/b.py::count', args: { limit: 9 }, seed: 3 });
});

test('only a domain alone can be allowed', () => {
  for (const text of ['example.org', 'API.example.org', 'localhost']) expect(domainProblem(text), text).toBeUndefined();
  for (const text of ['', '*', 'https://example.org', 'example.org/x', 'a b', 'user@example.org', 'example.org:80']) expect(domainProblem(text), text).toBeDefined();
});

const DAILY = { entry: 'workflows/b.py::sync', args: { days: 1, region: 'eu' } };
const ABOUT = { inputs: [], entries: [entry([parameter('days', 'integer'), parameter('region', 'text'), parameter('note', 'text', { required: false })]), entry([], { function: 'count' })] };

test('a named flow runs by its name, asks for what its function takes, and leaves to the manifest what nobody touched', () => {
  const form = new Forms((name) => (name === 'daily' ? DAILY : undefined), NO_ENTRIES).of('workflows/b.py', 'daily');
  expect(form.entries(ABOUT).map((one) => one.function)).toEqual(['sync']);
  expect(form.fields(ABOUT).map(({ id, default: value, optional }) => [id, value, optional])).toEqual([['days', 1, true], ['region', 'eu', true], ['note', undefined, true]]);
  expect(form.problems(ABOUT)).toEqual({});
  expect(form.request(ABOUT, undefined, 'run')).toEqual({ name: 'daily', args: {}, allowNet: [], allowTools: [], mode: 'run' });
  form.set(form.entry(ABOUT), { id: 'days', label: 'days', kind: 'integer' }, '7');
  expect(form.request(ABOUT, undefined, 'dry-run')).toMatchObject({ name: 'daily', args: { days: 7 }, mode: 'dry-run' });
  expect(form.again({ path: 'workflows/b.py', function: 'sync', args: { days: 2 }, seed: 3 } as RunRecord, undefined)).toMatchObject({ name: 'daily', args: { days: 2 }, seed: 3 });
});

test('a manifest says what a flow takes before its text does, and what it gives to one that says nothing is shown', () => {
  const inputs = [{ id: 'csv', label: 'CSV', kind: 'file' as const, optional: false }];
  const manifest: Record<string, { entry: string; inputs?: typeof inputs; args?: object }> = { own: { entry: 'workflows/b.py::sync', inputs }, plain: { entry: 'flows/a.flow.js', args: { days: 1 } } };
  const forms = new Forms((name) => manifest[name] as never, NO_ENTRIES);
  expect(forms.of('workflows/b.py', 'own').fields(ABOUT)).toEqual(inputs);
  const plain = forms.of('flows/a.flow.js', 'plain');
  expect(JSON.parse(plain.json)).toEqual({ days: 1 });
  expect(plain.request(undefined, undefined, 'run')).toMatchObject({ name: 'plain', args: {} });
  plain.json = '{"days": 2}';
  expect(plain.request(undefined, undefined, 'run')).toMatchObject({ name: 'plain', args: { days: 2 } });
});

test('what was filled in goes with a file that moves, and is nobody else’s', () => {
  let entries = new Map<string, { path: string; id: string }>();
  const put = (...files: [path: string, id: string][]) => (entries = new Map(files.map(([path, id]) => [path, { path, id }])));
  const forms = new Forms(() => DAILY, () => entries);
  put(['a.py', '1'], ['b.py', '2']);
  const [a, b, named] = [forms.of('a.py'), forms.of('b.py'), forms.of('a.py', 'daily')];
  a.env = 'OF=a';
  put(['in/a.py', '1'], ['b.py', '2']);
  // Lint asks about the new place before anybody is told of the move.
  expect(forms.of('in/a.py').env).toBe('');
  expect([...forms.follow()]).toEqual([['a.py', 'in/a.py']]);
  expect([forms.of('in/a.py'), forms.of('in/a.py', 'daily'), forms.of('b.py')]).toEqual([a, named, b]);
  expect([a.path, named.path, a.env]).toEqual(['in/a.py', 'in/a.py', 'OF=a']);
  expect(forms.of('a.py').env, 'another file in its old place').toBe('');
  put(['b.py', '1'], ['in/a.py', '2']);
  forms.follow();
  expect([forms.of('b.py'), forms.of('in/a.py')], 'two files in the place of each other').toEqual([a, b]);
  // One that is deleted and made anew is the same to whoever fills it in.
  put(['in/a.py', '2']);
  expect(forms.follow().size).toBe(0);
  put(['b.py', '3'], ['in/a.py', '2']);
  expect([forms.follow().size, forms.of('b.py')]).toEqual([0, a]);
});
