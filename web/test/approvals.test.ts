// What the inbox shows of diffs and times.

import { expect, test } from 'vitest';
import type { Approval } from '../src/approvals/approval';
import { destroys, differences, rowsOf, timeLeft } from '../src/approvals/diff';

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

test('the time that is left is told in the largest units that matter', () => {
  expect([-5, 0, 49_001, 60_000, 3_599_000, 3_600_000, 7_500_000, 200_000_000].map(timeLeft)).toEqual(['0 s', '0 s', '50 s', '1 min', '59 min', '1 h', '2 h 5 min', '2 days']);
});
