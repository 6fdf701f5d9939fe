import { beforeEach, expect, test, vi } from 'vitest';
import { Forms } from '../src/lib/form-state.svelte';
import type { Field } from '../src/lib/run-form';
import type { FlowEntry, RunRecord } from '../src/lib/tools';
import { TYPED_BYTES_MAX, TYPED_FILES_MAX } from '../src/lib/typed';

const kept = new Map<string, string>();
let entries = new Map<string, { path: string; id: string }>();
const put = (...files: [path: string, id: string][]) => (entries = new Map(files.map(([path, id]) => [path, { path, id }])));
/** A page that begins, with what an earlier one left. */
const begin = () => new Forms(() => ({ entry: 'a.py::sync' }), () => entries);
const field = (id: string, kind: Field['kind'] = 'text'): Field => ({ id, label: id, kind, optional: true });
const entry = (name: string): FlowEntry => ({ kind: 'workflow', function: name, name, category: 'General', parameters: [], async: false, line: 1 });
const [SYNC, COUNT] = [entry('sync'), entry('count')];

beforeEach(() => {
  kept.clear();
  vi.stubGlobal('localStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => kept.set(key, text), removeItem: (key: string) => kept.delete(key) });
  return () => vi.unstubAllGlobals();
});

test('what was typed is there after a reload, for each function, each name and each file', () => {
  put(['a.py', 'n1'], ['b.flow.js', 'n2']);
  const forms = begin();
  forms.of('a.py').set(SYNC, field('region'), 'eu');
  forms.of('a.py').set(SYNC, field('strict', 'boolean'), true);
  forms.of('a.py').chosen = 'count';
  forms.of('a.py').set(COUNT, field('region'), 'us');
  forms.of('a.py', 'daily').set(SYNC, field('region'), 'asia');
  forms.of('b.flow.js').json = '{"days": 7';
  const [file, named, other] = [begin().of('a.py'), begin().of('a.py', 'daily'), begin().of('b.flow.js')];
  expect([file.chosen, file.values(SYNC), file.values(COUNT)]).toEqual(['count', { region: 'eu', strict: true }, { region: 'us' }]);
  expect([named.chosen, named.values(SYNC), named.values(COUNT)]).toEqual([undefined, { region: 'asia' }, {}]);
  expect([other.json, other.values(undefined)], 'what is no JSON yet, too').toEqual(['{"days": 7', {}]);
  // And it is typed on where it was left.
  file.set(SYNC, field('note'), 'x');
  expect(begin().of('a.py').values(SYNC)).toEqual({ region: 'eu', strict: true, note: 'x' });
});

test('what was typed goes with its file, to a form that was there before, and ends with it', () => {
  put(['a.py', 'n1'], ['b.py', 'n2']);
  begin().of('a.py').set(undefined, field('note'), 'x');
  put(['in/a.py', 'n1'], ['a.py', 'n3']);
  expect([begin().of('in/a.py').values(undefined), begin().of('a.py').values(undefined)]).toEqual([{ note: 'x' }, {}]);
  put();
  const forms = begin();
  const early = forms.of('in/a.py');
  put(['in/a.py', 'n1']);
  forms.follow();
  expect(early.values(undefined), 'the form was there before the files were read').toEqual({ note: 'x' });
  put(['b.py', 'n2']);
  forms.follow();
  expect(kept.get('selvage.typed')).toBe('{}');
});

test('what may be a secret is kept nowhere, be it typed or that of a run of the past', () => {
  put(['a.py', 'n1']);
  const about = { inputs: [field('user'), field('pass', 'password' as never), field('api_key')], entries: [] };
  const form = begin().of('a.py');
  for (const one of about.inputs) form.set(undefined, one as Field, 'typed');
  form.env = 'TOKEN=typed';
  form.set(undefined, field('user'), 'ada');
  expect(form.values(undefined)).toEqual({ user: 'ada', pass: 'typed', api_key: 'typed' });
  form.refill({ path: 'a.py', args: { user: 'bo', pass: 'typed', api_key: 'typed' }, seed: 3 } as unknown as RunRecord, about as never);
  expect(form.values(undefined)).toEqual({ user: 'bo', pass: 'typed', api_key: 'typed' });
  expect(begin().of('a.py').values(undefined)).toEqual({ user: 'bo' });
  expect([...kept.values()].join()).not.toContain('typed');
});

test('the defaults come back for what is asked for now, and stay', () => {
  put(['a.py', 'n1']);
  const form = begin().of('a.py');
  form.set(SYNC, field('region'), 'eu');
  form.set(COUNT, field('region'), 'us');
  form.json = '[1]';
  [form.env, form.secrets, form.seed, form.startMs, form.limits, form.tried] = ['A=1', 'B=c', '1', '2', { callsMax: '3' }, true];
  const back = form.reset(SYNC);
  expect(form.reset(SYNC), 'there is nothing more to put back').toBeUndefined();
  expect([form.values(SYNC), form.values(COUNT), form.json]).toEqual([{}, { region: 'us' }, '{}']);
  expect([form.env, form.secrets, form.seed, form.startMs, form.limits, form.tried]).toEqual(['', '', '', '', {}, false]);
  const again = begin().of('a.py');
  expect([again.values(SYNC), again.values(COUNT), again.json]).toEqual([{}, { region: 'us' }, '{}']);
  // It is as it was, whatever was typed meanwhile.
  form.set(SYNC, field('note'), 'x');
  back!();
  expect([form.values(SYNC), form.values(COUNT), form.json]).toEqual([{ region: 'eu' }, { region: 'us' }, '[1]']);
  expect([form.env, form.secrets, form.seed, form.startMs, form.limits]).toEqual(['A=1', 'B=c', '1', '2', { callsMax: '3' }]);
  expect(begin().of('a.py').values(SYNC)).toEqual({ region: 'eu' });
});

test('what was typed last is kept as far as there is room', () => {
  const files = Array.from({ length: TYPED_FILES_MAX + 1 }, (_, at): [string, string] => [`${at}.py`, `n${at}`]);
  put(...files);
  const forms = begin();
  for (const [path] of files) forms.of(path).set(undefined, field('note'), path);
  forms.of('1.py').set(undefined, field('note'), 'newer');
  forms.of('0.py').set(undefined, field('note'), 'again');
  const noted = () => files.filter(([path]) => 'note' in begin().of(path).values(undefined)).map(([path]) => path);
  expect(noted()).toEqual(files.map(([path]) => path).filter((path) => path !== '2.py'));
  forms.of('3.py').set(undefined, field('note'), 'é'.repeat(TYPED_BYTES_MAX / 2));
  expect(noted(), 'what is too much alone takes nobody’s place').not.toContain('3.py');
  expect(noted()).toHaveLength(TYPED_FILES_MAX - 1);
  forms.of('4.py').set(undefined, field('note'), 'x'.repeat(TYPED_BYTES_MAX - 60));
  expect(noted(), 'and what just fits takes everybody’s').toEqual(['4.py']);
});

test('what does not read as typed arguments is forgotten', () => {
  put(['a.py', 'n1']);
  for (const [text, values] of [['{"n1":[{"values":{"":{"note":"x"}}}]}', { note: 'x' }], ['{"n1":[{"values":{"":"x"}}]}', {}], ['{"n1":[{}]}', {}], ['{"n1":[null]}', {}], ['{"n1":{}}', {}], ['[1]', {}], ['{', {}]] as const) {
    kept.set('selvage.typed', text);
    expect(begin().of('a.py').values(undefined), text).toEqual(values);
  }
});
