import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describe } from '../build/flow-api.ts';
import { membersOf } from '../src/editor/flow-api';

test('the typings that ship complete what every flow uses', () => {
  const file = new URL('../../crates/guest-js/flow.d.ts', import.meta.url);
  const shipped = describe(readFileSync(file, 'utf8'));
  const of = (...chain: string[]): string[] => membersOf(shipped, chain).map((member) => member.name);
  expect(of('flow')).toEqual(expect.arrayContaining(['args', 'env', 'fs', 'log', 'progress', 'artifact', 'call']));
  expect(of('flow', 'fs')).toEqual(expect.arrayContaining(['list', 'stat', 'mkdir', 'move', 'remove']));
  expect(of('console')).toEqual(expect.arrayContaining(['log', 'error']));
});
