import { beforeEach, expect, test, vi } from 'vitest';
import { ChosenFlow } from '../src/lib/chosen-flow.svelte';

const kept = new Map<string, string>();
let entries = new Map<string, { id: string }>();
const put = (...files: [path: string, id: string][]) => (entries = new Map(files.map(([path, id]) => [path, { id }])));
const begin = () => new ChosenFlow(() => entries);
const of = ({ path, name }: ChosenFlow) => [path, name];

beforeEach(() => {
  kept.clear();
  vi.stubGlobal('localStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => kept.set(key, text), removeItem: (key: string) => kept.delete(key) });
  return () => vi.unstubAllGlobals();
});

test('the flow that was chosen is chosen after a reload as soon as its file is there, wherever that is', () => {
  put(['a.py', 'n1'], ['b.py', 'n2']);
  begin().choose('a.py', 'daily');
  put();
  const chosen = begin();
  expect(of(chosen), 'the files are still to be read').toEqual([undefined, undefined]);
  put(['in/a.py', 'n1'], ['a.py', 'n3']);
  expect(of(begin())).toEqual(['in/a.py', 'daily']);
  put(['b.py', 'n2']);
  expect(of(begin())).toEqual([undefined, undefined]);
});

test('it is chosen as long as it is there, goes with its file, and is forgotten where it is no flow any more', () => {
  put(['a.py', 'n1'], ['b.py', 'n2']);
  const chosen = begin();
  chosen.choose('b.py', undefined);
  put(['a.py', 'n1'], ['c.py', 'n2']);
  expect(chosen.path).toBeUndefined();
  chosen.follow(new Map([['a.py', 'd.py']]));
  chosen.follow(new Map([['b.py', 'c.py']]));
  expect(of(chosen)).toEqual(['c.py', undefined]);
  chosen.drop();
  expect([chosen.path, begin().path, kept.size]).toEqual([undefined, undefined, 0]);
});

test('a file that is not listed yet takes the place of the one before', () => {
  put(['a.py', 'n1']);
  begin().choose('a.py', undefined);
  begin().choose('new.py', undefined);
  expect(begin().path).toBeUndefined();
});

test('what does not read as a choice is none', () => {
  put(['a.py', 'n1']);
  for (const text of ['{', 'null', '"n1"', '{"id":1}', '{"id":"n1","name":1}']) {
    kept.set('selvage.flow', text);
    expect(begin().path, text).toBeUndefined();
  }
});
