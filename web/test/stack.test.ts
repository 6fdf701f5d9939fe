import { expect, test } from 'vitest';
import { stackPieces } from '../src/lib/stack';

const FILES = ['flows/a.flow.js', 'lib/in (old)/b: c.js', 'workflows/a.py', 'modules/b.py'];
const pieces = (stack: string) => stackPieces(stack, (path) => (FILES.includes(path) ? path : undefined));
const links = (stack: string) => pieces(stack).flatMap(({ text, place }) => (place ? [[text, place.path, place.line, place.column]] : []));

test('places of JavaScript are found, each in its file', () => {
  const stack = '    at sum (lib/in (old)/b: c.js:12:5)\n    at map (native)\n    at default (flows/a.flow.js:3:14)\nCaused by: Error: no\n    at x (flows/a.flow.js:1:1)';
  expect(links(stack)).toEqual([
    ['lib/in (old)/b: c.js:12:5', 'lib/in (old)/b: c.js', 12, 5],
    ['flows/a.flow.js:3:14', 'flows/a.flow.js', 3, 14],
    ['flows/a.flow.js:1:1', 'flows/a.flow.js', 1, 1],
  ]);
  expect(pieces(stack).map(({ text }) => text).join('')).toBe(stack);
});

test('places of Python are found, at the beginning of their lines', () => {
  const stack = 'Traceback (most recent call last):\n  File "workflows/a.py", line 7, in run\n    total(1)\n  File "modules/b.py", line 2\n    x ==\nSyntaxError: invalid syntax';
  expect(links(stack)).toEqual([
    ['"workflows/a.py", line 7', 'workflows/a.py', 7, 1],
    ['"modules/b.py", line 2', 'modules/b.py', 2, 1],
  ]);
  expect(pieces(stack).map(({ text }) => text).join('')).toBe(stack);
});

test('what is no file of the workspace, and no place, is text', () => {
  const stack = [
    '    at fetch (native)',
    '    at gone (flows/gone.js:1:2)',
    '    at a (https://example.org/flows/a.flow.js:1:2)',
    '    at a (javascript:alert(1):1:2)',
    '    at a (flows/a.flow.js:1)',
    '    at a (flows/a.flow.js:12345678:1)',
    'Error: at a (flows/a.flow.js:1:2)',
    '  File "<frozen importlib>", line 3, in load',
    '  File "workflows/a.py", line x',
    'said File "workflows/a.py", line 1',
  ].join('\n');
  expect(pieces(stack)).toEqual([{ text: stack }]);
});

test('a long line takes no longer than it is long', () => {
  const began = performance.now();
  expect(links(`    at ${' ('.repeat(20_000)}\n  File "${'", '.repeat(20_000)}`)).toEqual([]);
  expect(performance.now() - began).toBeLessThan(2_000);
});
