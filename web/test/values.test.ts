import { expect, test } from 'vitest';
import { asTable, compareCells, looksLikeMarkdown, shown, summary } from '../src/lib/values';

test('every typed value of the contract is shown as what it is', () => {
  const cases: [unknown, string][] = [
    [null, 'null'],
    [true, 'true'],
    [-0.5, '-0.5'],
    ['two words', 'two words'],
    [{ $type: 'undefined' }, 'undefined'],
    [{ $type: 'bigint', value: '12345678901234567890' }, '12345678901234567890n'],
    [{ $type: 'number', value: '-0' }, '-0'],
    [{ $type: 'number', value: 'NaN' }, 'NaN'],
    [{ $type: 'date', value: '2026-01-02T03:04:05.000Z' }, '2026-01-02T03:04:05.000Z'],
    [{ $type: 'date', value: null }, 'Invalid Date'],
    [{ $type: 'bytes', value: 'AAEC/w==' }, '4 bytes'],
    [{ $type: 'set', value: [1, 2] }, 'Set(2)'],
    [{ $type: 'map', value: [[{ $type: 'bigint', value: '1' }, 'one']] }, 'Map(1)'],
    [{ $type: 'regexp', value: { source: 'a+', flags: 'gi' } }, '/a+/gi'],
    [[1, 2, 3], 'Array(3)'],
    [{ a: 1, b: 2 }, '{a, b}'],
  ];
  for (const [value, text] of cases) expect(summary(value), JSON.stringify(value)).toBe(text);
});

test('an object that has its own $type is shown as that object, and an unknown tag as plain data', () => {
  expect(shown({ $type: 'object', value: { $type: 'date', value: 1 } })).toEqual({ kind: 'entries', type: 'object', items: [['$type', 'date'], ['value', 1]] });
  expect(shown({ $type: 'hologram', value: 1 })).toEqual({ kind: 'entries', type: 'object', items: [['$type', 'hologram'], ['value', 1]] });
});

test('objects of different shapes make one table, in the order in which columns first appear', () => {
  const table = asTable([{ a: 1 }, { b: 2, a: 3 }]);
  expect(table).toEqual({ columns: ['a', 'b'], rows: [[1, undefined], [3, 2]] });
});

test('a list that is not all plain objects is no table', () => {
  expect(asTable([])).toBeUndefined();
  expect(asTable([{ a: 1 }, 2])).toBeUndefined();
  expect(asTable([{ $type: 'date', value: null }])).toBeUndefined();
  expect(asTable('text')).toBeUndefined();
});

test('cells sort numbers by size, texts as people count, and missing ones last', () => {
  expect([10, 9, undefined, 100].sort(compareCells)).toEqual([9, 10, 100, undefined]);
  expect(['item 10', 'item 9', null].toSorted(compareCells)).toEqual(['item 9', 'item 10', null]);
});

test('a sentence is not taken for Markdown', () => {
  expect(looksLikeMarkdown('# Title\n\nText')).toBe(true);
  expect(looksLikeMarkdown('| a | b |\n| --- | --- |')).toBe(true);
  expect(looksLikeMarkdown('Done: 3 of 4\nNothing else')).toBe(false);
});
