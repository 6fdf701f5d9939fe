import { beforeEach, expect, test, vi } from 'vitest';
import { Allowances } from '../src/lib/allowances';
import { flowKey } from '../src/lib/flows';
import { Forms } from '../src/lib/form-state.svelte';

const kept = new Map<string, string>();
let entries = new Map<string, { path: string; id: string }>();
const put = (...files: [path: string, id: string][]) => (entries = new Map(files.map(([path, id]) => [path, { path, id }])));
/** A page that begins, with what an earlier one left. */
const begin = () => new Forms(() => ({ entry: 'a.py::sync' }), () => entries);

beforeEach(() => {
  kept.clear();
  vi.stubGlobal('localStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => kept.set(key, text), removeItem: (key: string) => kept.delete(key) });
  return () => vi.unstubAllGlobals();
});

test('what a person allows is given to a run as far as the flow wants it', () => {
  put(['a.py', '1']);
  const { allowances } = begin();
  allowances.set('a.py', 'net', 'api.example.org', true);
  allowances.set('a.py', 'tools', 'run_flow', true);
  allowances.set('a.py', 'tools', 'write', true);
  allowances.set('a.py', 'tools', 'write', false);
  const form = begin().of('a.py');
  expect(form.granted(undefined)).toEqual({ allowNet: [], allowTools: [] });
  expect(form.granted({ net: ['other.example'], tools: ['run_flow', 'write'] })).toEqual({ allowNet: [], allowTools: ['run_flow'] });
  expect(form.request(undefined, { net: ['*'], tools: ['*'] }, 'run')).toMatchObject({ allowNet: ['api.example.org'], allowTools: ['run_flow'] });
});

test('what a person allows a file, its names are allowed too, and all of them are told apart', () => {
  put(['a.py', '1']);
  const forms = begin();
  const [file, named] = [forms.of('a.py'), forms.of('a.py', 'daily')];
  forms.allowances.set('a.py', 'net', 'api.example.org', true);
  expect(file.allowed.net).toEqual(['api.example.org']);
  expect(named.granted({ net: ['api.example.org'] }).allowNet).toEqual(['api.example.org']);
  file.set(undefined, { id: 'days', label: 'days', kind: 'integer' }, 1);
  expect(named.values(undefined)).toEqual({});
  expect(new Set([flowKey({ path: 'a.py', name: 'a' }), flowKey({ path: 'a.py', name: 'a', named: true }), flowKey({ path: 'a.py', name: 'b', named: true })]).size).toBe(3);
});

test('what is allowed goes with a file that moves, there and back, and no other file that comes to its path has it', () => {
  put(['in/a.py', '1'], ['b.py', '2']);
  const forms = begin();
  const net = (path: string) => forms.of(path).allowed.net;
  const form = forms.of('in/a.py');
  forms.allowances.set('in/a.py', 'net', 'api.example.org', true);
  // The folder is renamed, and another file comes to the old place.
  put(['out/a.py', '1'], ['b.py', '2'], ['in/a.py', '3']);
  expect(net('in/a.py'), 'before anybody is told of it').toEqual([]);
  forms.follow();
  expect([form.path, form.allowed.net, net('in/a.py'), net('b.py')]).toEqual(['out/a.py', ['api.example.org'], [], []]);
  expect(begin().of('out/a.py').allowed.net, 'after a reload').toEqual(['api.example.org']);
  put(['in/a.py', '1'], ['b.py', '2']);
  forms.follow();
  expect([net('in/a.py'), net('out/a.py')]).toEqual([['api.example.org'], []]);
  put(['b.py', '1'], ['in/a.py', '2']);
  forms.follow();
  expect([net('b.py'), net('in/a.py')], 'two files in the place of each other').toEqual([['api.example.org'], []]);
});

test('what is allowed ends with the file, though it is brought back', () => {
  put(['a.py', '1'], ['b.py', '2']);
  const forms = begin();
  forms.allowances.set('a.py', 'net', 'api.example.org', true);
  forms.allowances.set('b.py', 'net', 'b.example.org', true);
  put();
  forms.follow();
  put(['b.py', '2']);
  forms.follow();
  put(['a.py', '1'], ['b.py', '2']);
  forms.follow();
  expect([forms.of('a.py').allowed.net, forms.of('b.py').allowed.net], 'and what was not read yet is not gone').toEqual([[], ['b.example.org']]);
  forms.allowances.set('c.py', 'net', 'c.example.org', true);
  put(['b.py', '2'], ['c.py', '3']);
  expect(forms.of('c.py').allowed.net, 'nothing was there to be allowed anything').toEqual([]);
});

test('what another tab allows or takes back holds here, too', () => {
  put(['a.py', '1'], ['b.py', '2']);
  let tell: (event: { key: string | null }) => void = () => undefined;
  vi.stubGlobal('addEventListener', (_: string, listener: typeof tell) => (tell = listener));
  const [here, there] = [new Allowances(() => entries), new Allowances(() => entries)];
  // The second one hears of the first.
  here.set('a.py', 'net', 'api.example.org', true);
  tell({ key: 'selvage.allowed' });
  there.set('b.py', 'net', 'b.example.org', true);
  expect(there.of('a.py').net).toEqual(['api.example.org']);
  expect(new Allowances(() => entries).of('a.py').net, 'and what it allows takes nothing of that away').toEqual(['api.example.org']);
});
