import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { Forms } from '../src/lib/form-state.svelte';
import { fitting, ROWS_MAX, windowOf } from '../src/lib/log-window';
import { marked } from '../src/lib/matching';
import { refusedArgument, remedyOf } from '../src/lib/remedy';
import { hintFor, pieces } from '../src/lib/told';
import { Runs, type Run } from '../src/lib/runs.svelte';
import { ended, gave, referenceOf, type LogEntry, type LogLevel, type RunRecord } from '../src/lib/tools';
import { runLook } from '../src/panels/status';
import type { Workspace } from '../src/lib/workspace.svelte';
import type { Toasts } from '../src/ui/toasts.svelte';
import { LIMITS } from './fake-runs';

const entry = (seq: number, level: LogLevel = 'info', text = `line ${seq}`): LogEntry => ({ seq, atMs: seq, level, source: 'flow', text });

test('a log without a filter is not looked through, and one with a filter keeps what fits', () => {
  const entries = [entry(0, 'debug'), entry(1, 'warn', 'Late'), entry(2, 'error', 'late again')];
  expect(fitting(entries, 'debug', '')).toBe(entries);
  expect(fitting(entries, 'warn', '').map(({ seq }) => seq)).toEqual([1, 2]);
  expect(fitting(entries, 'debug', 'LATE').map(({ seq }) => seq)).toEqual([1, 2]);
});

test('a window follows the newest entry, or stays where it is', () => {
  const entries = Array.from({ length: 1_000 }, (_, index) => entry(index + 50));
  const newest = windowOf(entries, undefined);
  expect([newest.rows.length, newest.rows.at(-1)?.seq, newest.before, newest.after]).toEqual([ROWS_MAX, 1_049, 1_000 - ROWS_MAX, 0]);
  const held = windowOf([...entries, entry(1_050)], 549);
  expect([held.rows.at(-1)?.seq, held.before, held.after]).toEqual([549, 500 - ROWS_MAX, 501]);
  expect(windowOf(entries.slice(0, 3), undefined)).toMatchObject({ before: 0, after: 0 });
});

test('the past is read a hundred runs at a time, and again as far as it was', async () => {
  const all = Array.from({ length: 230 }, (_, index) => ({ run: `run-${index}` }));
  const asked: number[] = [];
  const kernel = {
    subscribe: () => undefined,
    call: async (_: string, { limit }: { limit: number }) => {
      asked.push(limit);
      return { ok: true, value: { runs: all.slice(0, limit) } };
    },
  };
  const runs = new Runs({ kernel, onChanged: () => undefined } as unknown as Workspace, {} as Toasts);
  await runs.readHistory();
  expect([runs.past.length, runs.hasMore]).toEqual([100, true]);
  await runs.readHistory(true);
  await runs.readHistory(true);
  expect([runs.past.length, runs.hasMore]).toEqual([230, false]);
  await runs.readHistory();
  expect(asked).toEqual([100, 200, 300, 300]);
});

const failed = (error: RunRecord['error']): RunRecord => ({ path: 'a.flow.js', limits: LIMITS, grant: { read: [], write: [], net: ['known.example'], tools: [] }, error }) as unknown as RunRecord;

test('a refused domain, a refused tool and a used up limit can be granted with one button, and nothing else', () => {
  const denied = failed({ code: 'POLICY_DENIED', message: 'The run may not fetch from `api.example.com`.', hint: 'Run it with `allowNet: ["api.example.com"]`.' });
  expect(remedyOf(denied)).toEqual({ title: 'Allow api.example.com and run again', allow: { kind: 'net', name: 'api.example.com' } });
  const uncalled = failed({ code: 'POLICY_DENIED', message: 'The run may not call the tool `write`.', hint: 'Run it with `allowTools: ["write"]`.' });
  expect(remedyOf(uncalled)).toEqual({ title: 'Allow write and run again', allow: { kind: 'tools', name: 'write' } });
  expect(remedyOf(failed({ code: 'QUOTA_CPU', message: 'It used up its time.' }))).toEqual({ title: 'Run again with 20 s of computing time', limits: { cpuMsMax: 20_000 } });
  for (const code of ['POLICY_DENIED', 'RUNTIME_EXCEPTION', 'QUOTA_MEMORY']) expect(remedyOf(failed({ code, message: 'It failed.' }))).toBeUndefined();
});

test('a record that somebody forged is run again with what the person lets the flow have', () => {
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined, removeItem: () => undefined });
  const forms = new Forms(() => undefined, () => new Map([['a.flow.js', { path: 'a.flow.js', id: '1' }]]));
  const form = forms.of('a.flow.js');
  forms.allowances.set('a.flow.js', 'net', 'api.example.org', true);
  forms.allowances.set('a.flow.js', 'net', 'old.example.org', true);
  form.limits.cpuMsMax = '5';
  const wants = { net: ['api.example.org', 'evil.example'], tools: ['write', 'delete'] };
  const forged = { path: 'a.flow.js', args: { n: 1 }, seed: 7, startMs: 9, dryRun: false, limits: { ...LIMITS, cpuMsMax: 1e9 }, grant: { read: ['**'], write: ['**'], net: ['evil.example', '*'], tools: ['*'] }, env: ['KEY'], secrets: { KEY: 'billing' } } as unknown as RunRecord;
  const same = { path: 'a.flow.js', args: { n: 1 }, seed: 7, startMs: 9, mode: 'run' };
  expect(form.again(forged, wants)).toEqual({ ...same, allowNet: ['api.example.org'], allowTools: [], limits: { cpuMsMax: 5_000 } });
  expect(form.again(forged, undefined)).toEqual({ ...same, allowNet: [], allowTools: [], limits: { cpuMsMax: 5_000 } });
  // What the person chooses is what the button says, and no more of the record.
  expect(form.again(forged, wants, { allow: { kind: 'tools', name: 'write' } })).toMatchObject({ allowNet: ['api.example.org'], allowTools: ['write'] });
  expect(form.again(forged, wants, { limits: { cpuMsMax: 20_000 } }).limits).toEqual({ cpuMsMax: 20_000 });
  vi.unstubAllGlobals();
});

test('a run that ends stands in the past that is known, at its place, and the past is current when it was read since', async () => {
  const old = [{ run: 'late', startedMs: 9 }, { run: 'early', startedMs: 1 }];
  const record = { run: 'r', path: 'flows/a.flow.js', status: 'failed', startedMs: 5, durationMs: 2, record: 'runs/a/r.json', error: { code: 'QUOTA_CPU' }, dryRun: true };
  const { runs, tell } = followed({ flow_status: () => record, flow_logs: () => ({ entries: [] }) }, () => ({ ok: true, value: { runs: old } }));
  expect(runs.pastIsCurrent).toBe(false);
  await runs.readHistory();
  expect(runs.pastIsCurrent).toBe(true);
  const run = tell('running');
  tell('failed');
  await vi.waitFor(() => expect(run.ended).toBe(true));
  expect(runs.past.map((one) => one.run)).toEqual(['late', 'r', 'early']);
  expect(runs.past[1]).toEqual({ run: 'r', path: 'flows/a.flow.js', status: 'failed', startedMs: 5, durationMs: 2, record: 'runs/a/r.json', code: 'QUOTA_CPU', dryRun: true });
  expect(runs.pastIsCurrent).toBe(false);
  await runs.readHistory();
  expect([runs.past.length, runs.pastIsCurrent]).toEqual([2, true]);
});

/** Runs over a kernel that answers what it is told to, and what was told to the person. */
function followed(answers: Record<string, () => unknown>, kernelCall?: () => unknown) {
  const told: string[] = [];
  let emit: (event: unknown) => void = () => undefined;
  const kernel = { subscribe: (listener: typeof emit) => void (emit = listener), call: async () => kernelCall?.() };
  const toasts = { show: ({ text }: { text: string }) => told.push(text), failure: (what: string) => told.push(what) };
  const call = async (name: string) => (await answers[name]?.()) ?? Promise.reject(new Error(name));
  const runs = new Runs({ kernel, call, onChanged: () => undefined, storage: { mode: 'memory' } } as unknown as Workspace, toasts as unknown as Toasts);
  const tell = (status: RunRecord['status']) => {
    emit({ kind: 'run', run: 'r', path: 'flows/a.flow.js', status });
    return runs.live.get('r') as Run;
  };
  return { runs, told, tell };
}

test('a run that is over and has no record yet holds up no other, and nothing of it is cancelled', async () => {
  let recorded: (record: unknown) => void = () => undefined;
  const record = new Promise((resolve) => (recorded = resolve));
  const asked: string[] = [];
  const { runs, told, tell } = followed({ flow_status: () => record, flow_logs: () => ({ entries: [] }), flow_cancel: () => asked.push('cancel') });
  const run = tell('running');
  expect(runs.running).toEqual([run]);
  tell('succeeded');
  expect([run.over, run.ended, runs.running, runs.underWay]).toEqual([true, false, [], [run]]);
  expect(runLook(run).label).toBe('Finished; recording…');
  await runs.cancel(run);
  recorded({ run: 'r', path: 'flows/a.flow.js', status: 'succeeded' });
  await vi.waitFor(() => expect(run.ended).toBe(true));
  expect([run.over, runLook(run).label, asked, told]).toEqual([false, 'Succeeded', [], []]);
});

test('who cancels a run that is over is told so, once, whether the answer says it or the end', async () => {
  const gone = 'The run of a.flow.js was over before it could be cancelled.';
  const answer = { status: 'succeeded' };
  const record = { run: 'r', path: 'flows/a.flow.js', status: 'succeeded' };
  const { runs, told, tell } = followed({ flow_status: () => record, flow_logs: () => ({ entries: [] }), flow_cancel: () => answer });
  const run = tell('running');
  await runs.cancel(run);
  expect([run.over, run.cancelled, told]).toEqual([true, false, [gone]]);
  tell('succeeded');
  await vi.waitFor(() => expect(run.ended).toBe(true));
  expect(told).toEqual([gone]);
  const late = followed({ flow_status: () => record, flow_logs: () => ({ entries: [] }), flow_cancel: () => ({ status: 'running' }) });
  const other = late.tell('running');
  await late.runs.cancel(other);
  expect([other.over, other.cancelled, late.told]).toEqual([false, true, []]);
  late.tell('succeeded');
  expect(late.told).toEqual([gone]);
});

test('a run that was cancelled says nothing more, and one that waits for the person in spite of it can be cancelled again', async () => {
  const record = { run: 'r', path: 'flows/a.flow.js', status: 'cancelled' };
  const { runs, told, tell } = followed({ flow_status: () => record, flow_logs: () => ({ entries: [] }), flow_cancel: () => ({ status: 'running' }) });
  const run = tell('running');
  await runs.cancel(run);
  expect(runLook(run).label).toBe('Cancelling…');
  tell('waiting');
  expect(run.cancelled).toBe(false);
  await runs.cancel(run);
  tell('cancelled');
  await vi.waitFor(() => expect(run.ended).toBe(true));
  expect([run.over, told]).toEqual([false, []]);
});

test('a run of one function is run again as that function', () => {
  expect(referenceOf({ path: 'workflows/a.py', function: 'sync' })).toBe('workflows/a.py::sync');
  expect(referenceOf({ path: 'a.flow.js' })).toBe('a.flow.js');
});

test('a result with errors in it ended the run, and landed', () => {
  expect([ended('completedWithErrors'), gave('completedWithErrors'), gave('failed'), ended('running')]).toEqual([true, true, false, false]);
});

test('what stands between backticks is code', () => {
  expect(pieces('Did you mean `readText`?')).toEqual([{ text: 'Did you mean ', code: false }, { text: 'readText', code: true }, { text: '?', code: false }]);
  expect(pieces('a ` alone')).toEqual([{ text: 'a ` alone', code: false }]);
});

test('a hint that speaks of a person, or of a call, speaks to the person', () => {
  // As the engine says them, so that a sentence that changes there is found here.
  for (const [file, said, told] of [
    ['policy/approvals', 'Propose something else, or ask the person.', 'Change what it does, or run it again to be asked again.'],
    ['policy/approvals', 'A person decides about some of them first.', 'Decide about some of them first.'],
    ['policy/consent', 'A person changes `{POLICY_FILE}`, or does it.', 'Change `{POLICY_FILE}`, or do it yourself.'],
    ['policy/consent', 'A person mends the file, where lint shows it; until then agents do nothing here, and no flow runs.', 'Mend the file, where lint shows it; until then agents do nothing here, and no flow runs.'],
    ['policy/ruling', 'A person has runs run elsewhere, or changes `{POLICY_FILE}`.', 'Have runs run elsewhere, or change `{POLICY_FILE}`.'],
    ['policy/imports', 'or the flow does without. A person changes `{POLICY_FILE}`.', 'or the flow does without. Change `{POLICY_FILE}`.'],
    ['policy/grants', 'Run it with `allowNet: [\\"{domain}\\"]`.', 'Allow `{domain}` in the Run panel.'],
    ['policy/grants', 'Run it with `allowTools: [\\"{tool}\\"]`.', 'Allow `{tool}` in the Run panel.'],
    ['policy/grants', 'Run the flow with `mode: \\"run\\"`.', 'Press Run in place of Dry run.'],
  ] as const) {
    expect(readFileSync(new URL(`../../crates/workbench/src/${file}.rs`, import.meta.url), 'utf8')).toContain(said);
    expect(hintFor(said.replaceAll('\\', ''))).toBe(told);
  }
  expect(hintFor('Choose another name.')).toBe('Choose another name.');
});

test('a found line shows every match, and its first one near the beginning', () => {
  expect(marked('  Rate and rate ', 'rate')).toEqual([{ text: 'Rate', match: true }, { text: ' and ', match: false }, { text: 'rate', match: true }]);
  const [before, match] = marked(`${'x'.repeat(200)}needle`, 'needle');
  expect([before?.text.length, match]).toEqual([41, { text: 'needle', match: true }]);
  expect(marked('İ needle', 'needle')).toEqual([{ text: 'İ needle', match: false }]);
});

test('an argument that a function refused is named with the reason', () => {
  const message = 'The argument `limit` of `sync` must be a whole number, and is 1.5.';
  expect(refusedArgument({ error: { code: 'INVALID_INPUT', message } })).toEqual({ name: 'limit', message });
  expect(refusedArgument({ error: { code: 'INVALID_INPUT', message: '`sync` needs the argument `region`.' } })?.name).toBe('region');
  expect(refusedArgument({ error: { code: 'FLOW_FAILED', message } })).toBeUndefined();
  expect(refusedArgument({})).toBeUndefined();
});
