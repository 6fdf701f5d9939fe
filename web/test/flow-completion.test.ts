// Completion in a flow, with the typings that ship: what its functions are given, whatever they call it.

import { CompletionContext } from '@codemirror/autocomplete';
import { javascript } from '@codemirror/lang-javascript';
import { EditorState } from '@codemirror/state';
import { describe, expect, test } from 'vitest';
import { completeApi } from '../src/editor/completions';

/** What is offered where `|` stands. */
function offered(marked: string): string[] {
  const at = marked.indexOf('|');
  const state = EditorState.create({ doc: marked.replace('|', ''), extensions: javascript() });
  return completeApi(new CompletionContext(state, at, false))?.options.map((one) => one.label) ?? [];
}

const SETUP = ['title', 'describe', 'inText', 'inSelect', 'outJson'];
const SERVICES = ['inputs', 'input', 'outputs', 'output'];
const FLOW = ['args', 'fs', 'log', 'progress'];
const RUN = '\nasync function run(services) {}';

/** Has all of these, and nothing that only another one is given. */
function isGiven(marked: string, own: string[]): void {
  const names = offered(marked);
  expect(names, marked).toEqual(expect.arrayContaining([...own, ...FLOW]));
  for (const other of [SETUP, SERVICES]) if (other !== own) expect(names.filter((name) => other.includes(name)), marked).toEqual([]);
}

describe('what a function of a flow is given completes', () => {
  test.each([
    `function setup(flow) {\n  flow.|\n}${RUN}`,
    `function setup(flow) { flow.title('A'); flow.in|; flow.outText('b'); }${RUN}`,
    `export function setup(it) {\n  it.|\n}${RUN}`,
    `const init = (setup) => { setup.| };${RUN}`,
    `export const init = (s) => s.|`,
    `function init(setup) { [1].forEach((n) => { setup.| }); }${RUN}`,
  ])('to whom declares inputs and outputs: %s', (marked) => isGiven(marked, SETUP));

  test.each([
    'function setup(flow) {}\nasync function run(services) {\n  services.|\n}',
    'export async function run(ctx) { await ctx.| }\nexport const setup = (flow) => {};',
    'const init = (setup) => {}, run = async function (services) { services.| };',
  ])('to whom does the work: %s', (marked) => isGiven(marked, SERVICES));

  test.each(['export default async (it) => { it.| };', 'export default function main(f) {\n  f.|\n}', 'export default (flow) => flow.|'])('to a default export: %s', (marked) => isGiven(marked, FLOW));
});

test('members of what is given, and what is taken out of it, complete as far as the typings go', () => {
  const files = ['read', 'writeJSON', 'list'];
  expect(offered(`function setup(it) { it.fs.| }${RUN}`)).toEqual(expect.arrayContaining(files));
  expect(offered('function setup(s) {}\nfunction run({ fs, inputs }) { fs.| }')).toEqual(expect.arrayContaining(files));
  expect(offered('export default ({ fs: disk }) => disk.|')).toEqual(expect.arrayContaining(files));
  expect(offered('export default ({ fs: { read } }) => read.|')).toEqual([]);
});

test('what only looks like one of them is given nothing', () => {
  for (const marked of [
    'function run(it) { it.| }',
    'function helper() { function setup(it) { it.| } }',
    'class A { setup(it) { it.| } }',
    'function setup(flow, other) { other.| }',
    'function setup([it]) { it.| }',
    'function setup(...it) { it.| }',
    'function setup(it) { [1].map((it) => it.|); }',
    'export const helper = (it) => it.|;',
  ])
    expect(offered(marked), marked).toEqual([]);
});
