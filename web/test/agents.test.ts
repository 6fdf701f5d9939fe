import { expect, test } from 'vitest';
import { Agents, AGENTS_MAX, CALLS_KEPT_MAX, type Call } from '../src/agents/agents.svelte';
import { codeOf, inLong, inShort, rulingsOf, shownCalls } from '../src/agents/calls';
import { FILES } from '../fixture/files';
import { FakeKernel } from './fake-kernel';

const made = () => {
  const kernel = new FakeKernel(FILES, () => 1_000);
  return { kernel, agents: new Agents(kernel) };
};

test('calls are known while they go on and when they ended, the newest first, and the person’s are not', async () => {
  const { kernel, agents } = made();
  await kernel.call('ls', {});
  const going = kernel.call('stat', { path: 'notes' }, 'page');
  await expect.poll(() => agents.calls.length).toBe(1);
  await going;
  await kernel.call('read', { path: 'nowhere' }, 'https://a.example');
  await kernel.call('write', { path: 'x.txt', content: 'x' }, 'page');
  await expect.poll(() => agents.calls.map(({ agent, tool, end }) => [agent, tool, end?.ok, end?.path])).toEqual([
    ['page', 'write', true, 'x.txt'],
    ['https://a.example', 'read', false, undefined],
    ['page', 'stat', true, 'notes'],
  ]);
  expect(agents.list).toEqual([{ name: 'page', calls: 2, failures: 0, open: 0, lastMs: 1_000 }, { name: 'https://a.example', calls: 1, failures: 1, open: 0, lastMs: 1_000 }]);
  agents.clear();
  await expect.poll(() => agents.calls).toEqual([]);
  expect(agents.list).toHaveLength(2);
});

test('the newest calls are kept, and no more, and so many agents', async () => {
  const { kernel, agents } = made();
  for (let i = 0; i < CALLS_KEPT_MAX + 20; i++) await kernel.call('stat', { path: `p${i}` }, `https://a${i}.example`);
  await expect.poll(() => agents.calls[0]?.agent).toBe(`https://a${CALLS_KEPT_MAX + 19}.example`);
  expect([agents.calls.length, agents.calls.at(-1)?.agent, agents.list.length]).toEqual([CALLS_KEPT_MAX, 'https://a20.example', AGENTS_MAX]);
});

test('calls are chosen by who made them and by what failed', async () => {
  const { kernel, agents } = made();
  for (const [agent, path] of [['a', 'notes'], ['a', 'nowhere'], ['b', 'nowhere']] as const) await kernel.call('stat', { path }, agent);
  await expect.poll(() => agents.calls.filter(({ end }) => end).length).toBe(3);
  const all = agents.calls;
  expect(shownCalls(all, '', false)).toBe(all);
  expect(shownCalls(all, 'a', false)).toHaveLength(2);
  expect(shownCalls(all, '', true)).toHaveLength(2);
  expect(shownCalls(all, 'a', true).map(({ agent, end }) => [agent, end?.ok])).toEqual([['a', false]]);
});

test('arguments are shown in one line, and as they are where they were cut', () => {
  expect(inShort('{"path":"a.txt","content":"one\\n two","at":[1]}')).toBe('a.txt · content: one two · at: [1]');
  // Only line ends and spaces become one space: what looks like one is left, to be shown by its number.
  expect(inShort('{"a":"b \\t\\r\\n c\\u00a0d\\u2028e"}')).toBe('a: b c\u00a0d\u2028e');
  expect([inShort('null'), inShort('{}'), inShort('{"path":"a'), inLong('{"path":"a'), inLong('{"a":1}')]).toEqual(['', '', '{"path":"a', '{"path":"a', '{\n  "a": 1\n}']);
  expect([codeOf('{"code":"NOT_FOUND"}'), codeOf('{"co')]).toEqual(['NOT_FOUND', 'failed']);
});

test('a call is told with what was said of it, and one that nothing leads to with nothing', () => {
  const call = (id: number, tool: string, input: unknown, end?: Partial<NonNullable<Call['end']>>): Call => ({
    id, agent: 'planner', tool, atMs: id * 100, input: JSON.stringify(input), ...(end ? { end: { ok: true, durationMs: 50, answer: 'null', ...end } } : {}),
  });
  const calls = [
    call(6, 'run_flow', { path: 'flows/a.flow.js' }, { run: 'run-1' }),
    call(5, 'write', { path: 'data/b.csv' }),
    call(4, 'write', { path: 'data/a.csv' }),
    call(3, 'delete', { path: 'notes' }, { ok: false }),
    call(2, 'read', { path: 'x' }, {}),
    call(1, 'write', { path: 'private/key' }, { ok: false }),
  ];
  const request = { approval: 'ask-1', who: 'agent planner', tool: 'write', risks: [], changes: [], digest: '', expiresMs: 0, onExpiry: 'deny' as const, reason: 'the rule for agents `*`' };
  const waiting = [{ ...request, what: 'write data/a.csv', askedMs: 550 }];
  const decided = [
    { atMs: 900, who: 'run run-1', what: 'write out/a', verdict: 'approved' as const, reason: '', by: 'you' },
    { atMs: 350, who: 'agent planner', what: 'remove notes/a.md', verdict: 'refused' as const, reason: 'I need it', by: 'you' },
    { atMs: 120, who: 'agent planner', what: 'write private/key', verdict: 'denied' as const, reason: 'the rule for agents `*`' },
    { atMs: 120, who: 'agent other', what: 'read x', verdict: 'denied' as const, reason: '' },
  ];
  const told = [...rulingsOf(calls, waiting, decided, () => undefined)].sort(([a], [b]) => a - b).map(([id, { verdict, by, approval }]) => [id, verdict, by ?? approval]);
  expect(told).toEqual([[1, 'denied', undefined], [3, 'refused', 'you'], [4, 'asked', 'ask-1'], [6, 'approved', 'you']]);
});
