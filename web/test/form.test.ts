import { expect, test } from 'vitest';
import { initialValue, moreOf, readEnv, readForm, readLimits } from '../src/lib/run-form';
import type { InputSpec } from '../src/lib/tools';

const input = (id: string, kind: InputSpec['kind'], rest: Partial<InputSpec> = {}): InputSpec => ({ id, label: id, kind, optional: false, ...rest });

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

test('the environment is lines of NAME=value, and the wrong line is named', () => {
  expect(readEnv('A=1\n\n# note\nB=x=y')).toEqual({ env: { A: '1', B: 'x=y' } });
  expect(readEnv('A=1\nnonsense').problem).toContain('Line 2');
});

test('granting more is more than was used', () => {
  expect(moreOf(10_000)).toBe(20_000);
  expect(moreOf(0.3)).toBe(1);
});
