// What the inbox shows of diffs, inputs and times.

import { expect, test } from 'vitest';
import type { Approval } from '../src/approvals/approval';
import { inputRows, ROW_CHARS_MAX, sentenceOf } from '../src/approvals/content';
import { destroys, differences, rowsOf, timeLeft } from '../src/approvals/diff';
import { verdictLook } from '../src/approvals/verdicts';
import type { ReadValue, RunStatus, Verdict } from '../src/lib/tools';

const REQUEST: Approval = {
  approval: 'a', who: 'agent x', tool: 'write', what: 'write a', reason: '', risks: [], digest: 'd', askedMs: 0, expiresMs: 1, onExpiry: 'deny',
  changes: [{ op: 'write', path: 'a', before: '1', after: '2', size: 1, diff: '' }],
};

test('a diff becomes rows with the numbers of both sides', () => {
  const diff = '--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n one\n--- two\n+++ 2\n three\n\\ No newline at end of file\n@@ -9,0 +10,1 @@\n+ten\n';
  expect(rowsOf(diff)).toEqual([
    { kind: 'place', text: '@@ -1,3 +1,3 @@' },
    { kind: 'same', text: 'one', old: 1, new: 1 },
    { kind: 'gone', text: '-- two', old: 2 },
    { kind: 'added', text: '++ 2', new: 2 },
    { kind: 'same', text: 'three', old: 3, new: 3 },
    { kind: 'note', text: 'No newline at end of file' },
    { kind: 'place', text: '@@ -9,0 +10,1 @@' },
    { kind: 'added', text: 'ten', new: 10 },
  ]);
});

test('a sentence with the beginning of an input says so, and shows the characters of the input as they are', () => {
  const told = (what: string) => sentenceOf({ ...REQUEST, changes: [], what });
  expect(told('Call `search` with {"query":"`a`"}')).toEqual({ what: 'Call search with {"query":"`a`"}', isCut: false });
  expect(told('Run `flows/a.flow.js` with {"a":"xx… (`input` is all of it)')).toEqual({ what: 'Run flows/a.flow.js with {"a":"xx…', isCut: true });
  // A file may be called like that, and of changes each has its content.
  expect(sentenceOf({ ...REQUEST, what: 'write a… (`input` is all of it)' }).isCut).toBe(false);
});

test('an input has a line for each part, and its own characters to the last one', () => {
  const rows = (content: string) => inputRows({ content } as ReadValue);
  const kept = (content: string) => rows(content).map(({ text, new: line }) => (line === undefined ? text : text.trimStart())).join('');
  expect(rows('{"a":[1,{}],"b":"}, \\"{"}').map(({ text }) => text)).toEqual(['{', '  "a":[', '    1,', '    {', '    }', '  ],', '  "b":"}, \\"{"', '}']);
  expect(rows('null').map(({ text }) => text)).toEqual(['null']);
  for (const value of [{}, [[]], 'x', { 'a"': '\\', '[': [] }, '\u202e\ud83d\ude00 '.repeat(9)]) expect(kept(JSON.stringify(value))).toBe(JSON.stringify(value));
  // A long line goes on in rows without a number, and the line after it has the next one.
  const long = JSON.stringify({ a: '🙂'.repeat(2 * ROW_CHARS_MAX), b: 1 });
  expect(kept(long)).toBe(long);
  expect(Math.max(...rows(long).map(({ text }) => text.length))).toBeLessThanOrEqual(ROW_CHARS_MAX + 1);
  expect(rows(long).map(({ new: line }) => line)).toEqual([1, 2, undefined, undefined, undefined, undefined, 3, 4]);
  // What is no JSON after all is shown, too.
  expect(kept(']}"a')).toBe(']}"a');
});

test('a request that changed says which file, and how', () => {
  const change = REQUEST.changes[0] as Approval['changes'][0];
  const now = (changes: Approval['changes']) => differences(REQUEST, { ...REQUEST, changes }).map(({ path, text }) => `${path} ${text}`);
  expect(now([change])).toEqual([]);
  expect(now([{ ...change, before: '9' }])).toEqual(['a holds something else now']);
  const { before: _, ...gone } = change;
  expect(now([gone])).toEqual(['a is not there any more']);
  expect(now([{ ...change, after: '9' }])).toEqual(['a would hold something else']);
  expect(now([{ ...change, path: 'b' }])).toEqual(['b is changed now, and was not before', 'a is not changed any more']);
  expect(differences(REQUEST, { ...REQUEST, what: 'write more' })).toEqual([{ path: '', text: 'write more' }]);
});

test('what removes, replaces what is no text, or calls what may is destructive', () => {
  const destructive = new Set(['delete', 'restore']);
  const change = REQUEST.changes[0] as Approval['changes'][0];
  const { diff: _, ...binary } = change;
  expect(destroys(REQUEST, destructive)).toBe(false);
  expect(destroys({ ...REQUEST, changes: [binary] }, destructive)).toBe(true);
  expect(destroys({ ...REQUEST, changes: [{ op: 'remove', path: 'a', before: '1', size: 0 }] }, destructive)).toBe(true);
  expect(destroys({ ...REQUEST, tool: 'restore', changes: [] }, destructive)).toBe(true);
  expect(destroys({ ...REQUEST, tool: 'run_flow', changes: [], risks: ['call delete'] }, destructive)).toBe(true);
  expect(destroys({ ...REQUEST, tool: 'run_flow', changes: [], risks: ['call read', 'fetch from delete'] }, destructive)).toBe(false);
});

test('what nobody answered was cancelled where the run was', () => {
  const label = (verdict: Verdict, reason: string, ran?: RunStatus) => verdictLook({ verdict, reason }, ran)[0];
  expect(label('expired', 'the run is cancelled')).toBe('Cancelled');
  expect(label('expired', 'the run is over', 'cancelled')).toBe('Cancelled');
  expect(label('expired', 'the run is over', 'failed')).toBe('Expired');
  expect(label('expired', 'the run is over')).toBe('Expired');
  expect(label('expired', 'nobody answered in time', 'cancelled'), 'it was cancelled later').toBe('Expired');
  expect(label('refused', 'the run is cancelled', 'cancelled'), 'a person may give that as reason').toBe('Refused');
});

test('the time that is left is told in the largest units that matter', () => {
  expect([-5, 0, 49_001, 60_000, 3_599_000, 3_600_000, 7_500_000, 200_000_000].map(timeLeft)).toEqual(['0 s', '0 s', '50 s', '1 min', '59 min', '1 h', '2 h 5 min', '2 days']);
});
