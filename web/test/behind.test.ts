import { expect, test } from 'vitest';
import { behind, type Chunk } from '../build/behind.ts';

const chunk = (fileName: string, imports: string[], dynamicImports: string[] = [], isEntry = false): Chunk => ({ fileName, isEntry, facadeModuleId: `/src/${fileName}`, imports, dynamicImports });

test('what only one module leads to is behind it, and what anybody else loads is not', () => {
  const chunks = [
    chunk('main', ['base'], ['python', 'json'], true),
    chunk('sw', [], [], true),
    chunk('python', ['base', 'lezer', 'grammar'], ['deep']),
    chunk('json', ['lezer']),
    // A way back leads out of it again.
    chunk('deep', ['python', 'main']),
    chunk('grammar', []),
    chunk('lezer', []),
    chunk('base', []),
  ];
  expect([...behind(chunks, /\/python$/)].sort()).toEqual(['deep', 'grammar', 'python']);
  expect(() => behind(chunks, /\/ruby$/)).toThrow('ruby');
});

test('a door that is loaded with something else has nothing behind it', () => {
  const python = [chunk('python', ['grammar']), chunk('grammar', [])];
  expect([...behind([chunk('main', ['python'], [], true), ...python], /\/python$/)]).toEqual([]);
  expect([...behind([chunk('main', [], ['dialog', 'python'], true), chunk('dialog', ['python']), ...python], /\/python$/)]).toEqual([]);
});
