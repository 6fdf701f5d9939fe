import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describe } from '../build/flow-api.ts';
import { membersOf } from '../src/editor/flow-api';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const api = describe(read('./flow-sample.d.ts'));
const names = (...chain: string[]): string[] => membersOf(api, chain).map((member) => member.name);

test('globals, their members, and the members of those', () => {
  expect(names()).toEqual(['flow', 'console', 'fetch']);
  expect(names('flow')).toEqual(['args', 'fs', 'log', 'progress', 'artifact']);
  expect(names('flow', 'fs')).toContain('writeJson');
  expect(names('console')).toEqual(['log', 'error']);
});

test('what leads nowhere completes nothing', () => {
  expect(names('nobody')).toEqual([]);
  expect(names('flow', 'args', 'x')).toEqual([]);
  expect(names('flow', 'nothing', 'fs')).toEqual([]);
});

test('a member carries its signature and its documentation', () => {
  expect(membersOf(api, ['flow', 'fs']).find((one) => one.name === 'readText')).toMatchObject({
    kind: 'method',
    detail: '(path: string): Promise<string>',
    doc: 'Reads a file as text.',
  });
});

test('overloads are one completion', () => {
  expect(names('flow').filter((name) => name === 'log')).toHaveLength(1);
});

test('classes, namespaces, inherited members and parameters are found, too', () => {
  const other = describe(`
    declare class Box { constructor(size: number); static of(n: number): Box; readonly size: number; open(): void }
    declare namespace tools { function hammer(): void; const nail: Box; }
    interface Base { id: string }
    interface Services extends Base { inputs: { [id: string]: unknown }; }
    declare global { const late: Base; }
  `);
  const of = (...chain: string[]): string[] => membersOf(other, chain).map((member) => member.name);
  expect(of('Box')).toEqual(['of']);
  expect(of('tools', 'nail')).toEqual(['size', 'open']);
  expect(of('services')).toEqual(['inputs', 'id']);
  expect(of('late')).toEqual(['id']);
});
