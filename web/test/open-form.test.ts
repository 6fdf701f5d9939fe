import { beforeEach, expect, test, vi } from 'vitest';
import type { Document } from '../src/editor/document.svelte';
import { OpenForm } from '../src/forms/open-form.svelte';
import { Forms } from '../src/lib/form-state.svelte';
import type { FormField } from '../src/forms/definition';
import type { KernelEvent, RunRecord, ToolResult } from '../src/lib/tools';
import type { Workbench } from '../src/lib/workbench.svelte';

const FORM = {
  workflow: 'workflows/a.py::run',
  fields: [
    { name: 'region', label: 'Region', type: 'text' },
    { name: 'item', label: 'Item', type: 'select', data_provider_id: 'items', data_provider_inputs: { region: { mode: 'fieldRef', field_name: 'region' } } },
    { name: 'colour', label: 'Colour', type: 'select', data_provider_id: 'colours' },
  ],
};

/** A kernel whose runs end when the test says so. */
function fakeRuns() {
  const listeners = new Set<(event: KernelEvent) => void>();
  const runs: { id: string; path: string; args: unknown; mode: string; granted: unknown; record: Partial<RunRecord> }[] = [];
  const cancelled: string[] = [];
  const call = async (name: string, input: unknown): Promise<ToolResult> => {
    const { path, args, mode, run, allowNet, allowTools } = input as Record<string, string>;
    await Promise.resolve();
    if (name === 'run_flow') {
      const one = { id: `run-${runs.length + 1}`, path: path!, args, mode: mode!, granted: { allowNet, allowTools }, record: {} };
      runs.push(one);
      return { ok: true, value: { run: one.id, status: 'running' } };
    }
    if (name === 'flow_cancel') return cancelled.push(run!), { ok: true, value: null };
    return { ok: true, value: runs.find(({ id }) => id === run)?.record };
  };
  const emit = (event: KernelEvent): void => listeners.forEach((listener) => listener(event));
  const end = (path: string, record: Partial<RunRecord>): void => {
    const run = runs.findLast((one) => one.path === path)!;
    run.record = { status: 'succeeded', ...record };
    emit({ kind: 'run', run: run.id, path, status: run.record.status ?? 'succeeded' });
  };
  const subscribe = (listener: (event: KernelEvent) => void) => (listeners.add(listener), () => listeners.delete(listener));
  return { kernel: { call, subscribe }, runs, cancelled, emit, end };
}

function openOne(definition: unknown = FORM) {
  const fake = fakeRuns();
  const document = { content: JSON.stringify(definition), path: 'forms/a.form.json' };
  const entries = new Map([[document.path, { path: document.path, id: 'n1' }]]);
  const wb = { kernel: fake.kernel, flows: [], workspace: { entries }, forms: new Forms(() => undefined, () => entries), start: vi.fn() };
  const form = new OpenForm(wb as unknown as Workbench, document as unknown as Document);
  const field = (name: string): FormField => form.form!.fields.find((one) => one.name === name)!;
  return { ...fake, document, wb, form, field };
}

const settle = () => vi.advanceTimersByTimeAsync(1_000);

const kept = new Map<string, string>();

beforeEach(() => {
  vi.useFakeTimers();
  kept.clear();
  vi.stubGlobal('localStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => kept.set(key, text) });
  return () => vi.unstubAllGlobals();
});

test('data providers run when the form opens, as dry runs, and those that depend on a field wait for it', async () => {
  const { form, field, runs, emit, end } = openOne();
  await form.read();
  await settle();
  expect(runs.map(({ path, mode }) => [path, mode])).toEqual([['colours', 'dry-run']]);
  expect(form.feedOf(field('item'))).toEqual({ state: 'waits', for: 'region' });
  emit({ kind: 'run', run: 'run-1', path: 'colours', status: 'running', progress: { done: 1, total: 2 } });
  expect(form.feedOf(field('colour'))).toEqual({ state: 'runs', run: 'run-1', progress: { done: 1, total: 2 } });
  end('colours', { value: ['red', 'blue'] });
  await settle();
  expect(form.options(field('colour')).map(({ label }) => label)).toEqual(['red', 'blue']);

  form.set(field('region'), 'eu');
  await settle();
  expect(runs.at(-1)).toMatchObject({ path: 'items', args: { region: 'eu' } });
  expect(runs, 'what does not depend on it is not asked again').toHaveLength(2);
});

test('an answer to an older question is dropped, and its run is cancelled', async () => {
  const { form, field, runs, cancelled, end } = openOne();
  await form.read();
  form.set(field('region'), 'eu');
  await settle();
  form.set(field('region'), 'us');
  await settle();
  const old = runs.find(({ args }) => JSON.stringify(args) === '{"region":"eu"}');
  expect(cancelled).toEqual([old?.id]);
  end('items', { value: [{ label: 'Denim', value: 'denim' }] });
  await settle();
  expect(form.options(field('item')).map(({ value }) => value)).toEqual(['denim']);
});

test('who types is asked about once, when that pauses', async () => {
  const { form, field, runs } = openOne();
  await form.read();
  await settle();
  for (const text of ['e', 'eu', 'eur']) form.set(field('region'), text);
  await settle();
  expect(runs.filter(({ path }) => path === 'items').map(({ args }) => args)).toEqual([{ region: 'eur' }]);
});

test('a data provider that failed says why, keeps the form from being sent, and can be asked again', async () => {
  const { form, field, runs, end, wb } = openOne({ ...FORM, fields: [{ ...FORM.fields[2], required: true }] });
  await form.read();
  await settle();
  end('colours', { status: 'failed', error: { code: 'FLOW_FAILED', message: 'No paint.' } });
  await settle();
  expect(form.feedOf(field('colour'))).toEqual({ state: 'failed', error: { code: 'FLOW_FAILED', message: 'No paint.' } });
  expect((await form.submit())?.name).toBe('colour');
  expect(wb.start).not.toHaveBeenCalled();
  form.again(field('colour'));
  await settle();
  end('colours', { value: { not: 'a list' } });
  await settle();
  expect(form.feedOf(field('colour'))).toMatchObject({ state: 'failed', error: { code: 'INVALID_INPUT' } });
  form.again(field('colour'));
  await settle();
  end('colours', { value: ['red'] });
  await settle();
  expect(runs).toHaveLength(3);
  form.set(field('colour'), 'red');
  expect(await form.submit()).toBeUndefined();
  expect(wb.start).toHaveBeenCalledWith({ path: 'workflows/a.py::run', args: { colour: 'red' } });
});

test('while the text is broken nothing is sent, and what was filled in is there when it is mended', async () => {
  const { form, field, document, wb, runs } = openOne();
  await form.read();
  await settle();
  form.set(field('region'), 'eu');
  const whole = document.content;
  document.content = `${whole}}`;
  await form.read();
  expect(form.broken).toHaveLength(1);
  await form.submit();
  expect(wb.start).not.toHaveBeenCalled();
  expect(form.form?.fields, 'it is shown as it was').toHaveLength(3);
  document.content = whole;
  await form.read();
  await settle();
  expect(runs.filter(({ path }) => path === 'colours'), 'and feeds are not asked again').toHaveLength(1);
  expect([form.broken, form.value(field('region'))]).toEqual([[], 'eu']);
});

test('what the person allowed its file, the workflow may do; a data provider may fetch, and change nothing', async () => {
  const { form, wb, runs } = openOne({ workflow: 'workflows/a.py', fields: [{ name: 'x', label: 'X', type: 'select', data_provider_id: 'workflows/a.py' }] });
  const forms = new Forms(() => undefined, () => new Map([['workflows/a.py', { path: 'workflows/a.py', id: '1' }]]));
  forms.allowances.set('workflows/a.py', 'net', 'api.example.org', true);
  forms.allowances.set('workflows/a.py', 'tools', 'delete', true);
  Object.assign(wb, { flows: [{ path: 'workflows/a.py', name: 'a', inputs: [] }], forms });
  await form.read();
  await settle();
  expect(runs.map(({ granted }) => granted)).toEqual([{ allowNet: ['api.example.org'], allowTools: undefined }]);
  await form.submit();
  expect(wb.start).toHaveBeenCalledWith({ path: 'workflows/a.py', args: {}, allowNet: ['api.example.org'], allowTools: ['delete'] });
});

test('what was filled in is there after a reload, until the defaults are asked for', async () => {
  const fields = [...FORM.fields, { name: 'many', label: 'Many', type: 'multi_select', options: ['a', 'b'] }, { name: 'gift', label: 'Gift', type: 'checkbox' }];
  const begin = async (definition: object = { ...FORM, fields }) => {
    const one = openOne(definition);
    await one.form.read();
    one.form.goOn();
    await settle();
    one.end('colours', { value: ['red', 'blue'] });
    await settle();
    return { ...one, held: () => one.form.form!.fields.map((field) => one.form.held(field)) };
  };
  const first = await begin();
  first.form.set(first.field('colour'), 'blue');
  first.form.set(first.field('many'), ['a', 'b']);
  first.form.set(first.field('gift'), true);
  first.form.set(first.field('region'), 'eu');
  const second = await begin();
  expect(second.runs.find(({ path }) => path === 'items')?.args, 'what depends on it is asked with it').toEqual({ region: 'eu' });
  expect(second.held()).toEqual(['eu', '', 'blue', ['a', 'b'], true]);
  expect(second.form.value(second.field('colour'))).toBe('blue');
  // A field of another type has nothing of it.
  expect((await begin({ ...FORM, fields: [{ ...fields[3], type: 'checkbox' }, { ...fields[4], type: 'multi_select', options: ['a'] }, fields[0], fields[2]] })).held()).toEqual([false, [], 'eu', 'blue']);
  const back = second.form.reset();
  expect(second.held()).toEqual(['', '', '', [], false]);
  expect(second.form.reset(), 'there is nothing more to put back').toBeUndefined();
  expect((await begin()).held()).toEqual(['', '', '', [], false]);
  back!();
  expect(second.held()).toEqual(['eu', '', 'blue', ['a', 'b'], true]);
  expect((await begin()).held()).toEqual(['eu', '', 'blue', ['a', 'b'], true]);
});

test('what was filled in for another form goes to no data provider before the person goes on with this one', async () => {
  const first = openOne();
  await first.form.read();
  first.form.set(first.field('region'), 'eu');
  const same = openOne();
  await same.form.read();
  await settle();
  expect([same.form.holdsBack, same.runs.length]).toEqual([false, 2]);

  const changed = { ...FORM, description: 'Others wrote this.' };
  const ways = {
    'to fill something in': ({ form, field }: ReturnType<typeof openOne>) => form.set(field('colour'), ''),
    'to ask for the options': ({ form }: ReturnType<typeof openOne>) => form.goOn(),
    'to send it': ({ form }: ReturnType<typeof openOne>) => form.submit(),
    'to ask for the defaults': ({ form }: ReturnType<typeof openOne>) => form.reset(),
  };
  for (const [way, goOn] of Object.entries(ways)) {
    const one = openOne(changed);
    await one.form.read();
    one.document.content += ' ';
    await one.form.read();
    await settle();
    expect([one.form.holdsBack, one.form.held(one.field('region')), one.runs], way).toEqual([true, 'eu', []]);
    void goOn(one);
    await settle();
    expect(one.form.holdsBack, way).toBe(false);
    expect(one.runs.map(({ path }) => path), way).toContain('colours');
    first.form.set(first.field('region'), 'eu');
  }
  // There is nothing to hold back where nothing was filled in.
  first.form.reset();
  const bare = openOne(changed);
  await bare.form.read();
  await settle();
  expect([bare.form.holdsBack, bare.runs.length]).toEqual([false, 1]);
});

test('what may be a secret is kept nowhere', async () => {
  const names = [['password', 'A'], ['a', 'Your API key'], ['user_pin', 'B'], ['b', 'Passphrase'], ['spinning', 'Passed in'], ['tokenless', 'C']] as const;
  const { form, field } = openOne({ ...FORM, fields: names.map(([name, label]) => ({ name, label, type: 'text' })) });
  await form.read();
  for (const [name] of names) form.set(field(name), `typed ${name}`);
  expect(form.held(field('password'))).toBe('typed password');
  expect(JSON.parse(kept.get('selvage.typed')!)).toEqual({ n1: [{ values: { '': { spinning: 'typed spinning' } }, form: expect.stringMatching(/^[0-9a-f]{64}$/) }] });
});
