import { expect, test } from 'vitest';
import { FIELDS_MAX, OPTIONS_MAX, PATTERN_CHARS_MAX, readDefinition, WORDS_CHARS_MAX, type FormField } from '../src/forms/definition';
import { meanings, portable } from '../src/forms/references';
import { FORM_CHARS_MAX, readJsonSource, readSource, Unreadable } from '../src/forms/source';
import { ALIASES_MAX, readYamlSource } from '../src/forms/yaml';
import { argumentsOf, firstHeld, keyOf, problemOf, providedOptions, providerArguments, valueOf, type Held } from '../src/forms/values';
import { formExample } from '../src/lib/examples';
import { isForm } from '../src/lib/paths';
import type { FlowEntry, FlowSummary } from '../src/lib/tools';

const read = (fields: unknown[], rest: object = {}) => readDefinition({ workflow: 'workflows/a.py::run', fields, ...rest }, 'a');
const fieldOf = (field: object): FormField => {
  const { form, problems } = read([{ name: 'x', label: 'X', ...field }]);
  expect(problems).toEqual([]);
  return form.fields[0]!;
};
const problemsOf = (field: object): string[] => read([{ name: 'x', label: 'X', ...field }]).problems.map(({ path, message }) => `${path.join('.')}: ${message}`);
const noFile = () => undefined;
const check = (field: FormField, held: Held) => problemOf(field, held, field.options, noFile);

test('forms are known by their folder and their name', () => {
  expect(['forms/a.form.json', 'forms/people/a.form.yaml', 'forms/a.form.yml'].map(isForm)).toEqual([true, true, true]);
  expect(['a.form.json', 'forms/a.json', 'forms/.form.json', 'data/forms/a.form.json'].map(isForm)).toEqual([false, false, false, false]);
});

test('what an empty form is offered to begin with is whole, in both languages', async () => {
  for (const path of ['forms/a.form.json', 'forms/a.form.yaml']) {
    const { form, problems } = readDefinition((await readSource(path, formExample(path))).value, 'a');
    expect([problems, form.notes, form.fields.map(({ name, notes }) => [name, notes])]).toEqual([[], [], [['item', []], ['count', []]]]);
  }
});

test('all three shapes of options are read', () => {
  expect(fieldOf({ type: 'select', options: [{ label: 'One', value: 1 }, { value: 'two' }] }).options).toEqual([{ label: 'One', value: 1 }, { label: 'two', value: 'two' }]);
  expect(fieldOf({ type: 'radio', options: { choices: ['a', 2] } }).options).toEqual([{ label: 'a', value: 'a' }, { label: '2', value: 2 }]);
  expect(fieldOf({ type: 'file', options: { allowed_types: ['.csv'], max_size_mb: 2 } })).toMatchObject({ allowedTypes: ['.csv'], bytesMax: 2 * 1024 * 1024 });
  expect(fieldOf({ type: 'file', allowed_types: ['image/*'] }).allowedTypes).toEqual(['image/*']);
});

test('both ways to name a data provider are read, with its inputs', () => {
  const inputs = { region: { mode: 'fieldRef', field_name: 'region' }, all: { mode: 'static', value: true } };
  const { form, problems } = read([
    { name: 'region', label: 'Region', type: 'select', data_provider_id: 'workflow::crm::regions' },
    { name: 'item', label: 'Item', type: 'select', data_provider: { id: 'items', label_field: 'title', value_field: 'id' }, data_provider_inputs: inputs },
  ]);
  expect(problems).toEqual([]);
  expect(form.fields.map(({ provider }) => provider)).toEqual([
    { reference: 'workflow::crm::regions', labelField: 'label', valueField: 'value', inputs: {} },
    { reference: 'items', labelField: 'title', valueField: 'id', inputs: { region: { field: 'region' }, all: { value: true } } },
  ]);
});

test('what is wrong with a form is told with its place in the text', () => {
  const text = '{\n  "workflow": "a.py::f",\n  "form_schema": { "fields": [\n    { "name": "a", "label": "A" },\n    { "name": "b", "label": "B", "type": "slider" },\n    { "name": "c", "label": "C", "type": "select",\n      "data_provider_id": "p", "data_provider_inputs": { "x": { "mode": "fieldRef", "field_name": "nobody" } } }\n  ] }\n}\n';
  const source = readJsonSource(text);
  const { problems } = readDefinition(source.value, 'a');
  expect(problems.map(({ path, message }) => [source.place(path).line, message])).toEqual([
    [5, 'There are no fields of the type `slider`.'],
    [7, 'There is no field `nobody` to take a value from.'],
  ]);
  expect(source.place(['form_schema', 'fields', 1, 'type'])).toEqual({ line: 5, column: 34 });
});

test('broken JSON is told where it breaks, in the words of every browser', async () => {
  const broken = (text: string) => {
    try {
      readJsonSource(text);
    } catch (error) {
      return error instanceof Unreadable ? error.place : undefined;
    }
    return undefined;
  };
  expect(broken('{\n  "name": "x",\n  "fields": [\n}\n')).toEqual({ line: 4, column: 1 });
  expect(broken('')).toEqual({ line: 1, column: 1 });
  // The editor's parser takes this; JSON does not.
  expect(broken('{"a":\n "\\x"}')?.line).toBe(2);
  await expect(readSource('forms/a.form.json', ' '.repeat(FORM_CHARS_MAX + 1))).rejects.toThrow('too long');
});

test('what a form lacks is told, and what it has is still shown', () => {
  expect(readDefinition([], 'a').problems[0]?.message).toBe('A form is an object.');
  const { form, problems } = readDefinition({ fields: [{ label: 'no name' }, 7, { name: 'a', label: 'A' }, { name: 'a', label: 'B' }, { name: 'b' }, { name: 'c', type: 'html' }] }, 'a');
  expect(problems.map(({ message }) => message)).toEqual([
    'The form says no workflow.',
    'The field has no `name`.',
    'A field is an object.',
    'Another field is called `a`, too.',
    'The field `b` has no `label`.',
    'The field `c` has no `content` to show.',
  ]);
  expect(form.fields.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  expect(problemsOf({ type: 'select' })).toEqual(['fields.0: The field `x` has nothing to choose from.']);
  expect(problemsOf({ type: 'select', data_provider_id: 'p', data_provider_inputs: { a: { mode: 'expression', expression: 'alert(1)' } } })[0]).toContain('Expressions are JavaScript');
  expect(problemsOf({ type: 'select', data_provider_id: 'p', data_provider_inputs: { a: { mode: 'fieldRef', field_name: 'x' } } })[0]).toContain('own value');
  expect(problemsOf({ validation: { pattern: '(' } })).toEqual(['fields.0.validation.pattern: The pattern is not a regular expression.']);
  expect(problemsOf({ type: 'date', validation: { min: 3 } })).toEqual(['fields.0.validation.min: `min` is a date.']);
});

test('what is not supported is told, and never run', () => {
  const { form, problems } = read([{ name: 'x', label: 'X', visibility_expression: 'context.field.y === 1', auto_fill: { y: 'z' }, colour: 'red' }], { launch_workflow_id: 'w', roles: ['r'], roles_too: 1 });
  expect(problems).toEqual([]);
  expect(form.notes.map((note) => /`\w+`|Roles/.exec(note)?.[0])).toEqual(['`roles_too`', '`launch_workflow_id`', 'Roles']);
  expect(form.fields[0]?.notes.map((note) => /`\w+`/.exec(note)?.[0])).toEqual(['`colour`', '`visibility_expression`', '`auto_fill`']);
});

test('a form stays within its limits', () => {
  const many = Array.from({ length: FIELDS_MAX + 1 }, (_, index) => ({ name: `f${index}`, label: 'F' }));
  expect(read(many).problems.map(({ message }) => message)).toEqual([`A form has at most ${FIELDS_MAX} fields.`]);
  expect(read(many).form.fields).toHaveLength(FIELDS_MAX);
  expect(problemsOf({ type: 'select', options: Array.from({ length: OPTIONS_MAX + 1 }, (_, index) => index) })[0]).toContain(`at most ${OPTIONS_MAX} options`);
  expect(problemsOf({ label: 'x'.repeat(WORDS_CHARS_MAX + 1) })[0]).toContain(`more than ${WORDS_CHARS_MAX}`);
  expect(problemsOf({ validation: { pattern: 'x'.repeat(PATTERN_CHARS_MAX + 1) } })[0]).toContain(`more than ${PATTERN_CHARS_MAX}`);
  const provider = fieldOf({ type: 'select', data_provider_id: 'p' }).provider!;
  expect(providedOptions(provider, Array.from({ length: OPTIONS_MAX + 7 }, (_, index) => index))).toMatchObject({ leftOut: 7 });
});

test('every type gives a value of its own kind, and nothing where nothing is filled in', () => {
  const options = [{ label: 'One', value: 1 }, { label: 'A', value: 'a' }];
  const cases: [object, Held, unknown][] = [
    [{ type: 'text' }, 'x', 'x'],
    [{ type: 'number' }, '1.5', 1.5],
    [{ type: 'number' }, '', undefined],
    [{ type: 'checkbox' }, true, true],
    [{ type: 'checkbox' }, false, false],
    [{ type: 'select', options }, '1', 1],
    [{ type: 'radio', options }, 'a', 'a'],
    [{ type: 'multi_select', options }, ['1', 'a'], [1, 'a']],
    [{ type: 'date' }, '2026-03-01', '2026-03-01'],
    [{ type: 'file' }, 'uploads/a.csv', 'uploads/a.csv'],
  ];
  for (const [field, held, value] of cases) {
    const one = fieldOf(field);
    expect(valueOf(one, held, one.options), JSON.stringify(field)).toEqual(value);
  }
});

test('defaults are held as their controls have them', () => {
  expect(firstHeld(fieldOf({ type: 'multi_select', options: ['a', 'b'], default_value: 'a, b' }))).toEqual(['a', 'b']);
  expect(firstHeld(fieldOf({ type: 'checkbox', default_value: 'true' }))).toBe(true);
  expect(firstHeld(fieldOf({ type: 'select', options: [1], default_value: 1 }))).toBe('1');
  expect(firstHeld(fieldOf({ type: 'datetime', default_value: '2026-03-01T09:30:12Z' }))).toBe('2026-03-01T09:30');
  expect(firstHeld(fieldOf({ type: 'date', default_value: 'today' }))).toBe('');
  expect(firstHeld(fieldOf({}))).toBe('');
});

test('what does not fit its field is told at the field', () => {
  expect(check(fieldOf({ required: true }), '')).toBe('This is needed.');
  expect(check(fieldOf({ type: 'checkbox', required: true }), false)).toBe('This must be ticked.');
  expect(check(fieldOf({ type: 'number', validation: { min: 2 } }), '1')).toBe('At least 2.');
  expect(check(fieldOf({ type: 'number', validation: { max: 2, message: 'Two at most!' } }), '3')).toBe('Two at most!');
  expect(check(fieldOf({ type: 'number' }), 'many')).toBe('This is not a number.');
  expect(check(fieldOf({ validation: { min: 3 } }), 'ab')).toBe('At least 3 characters.');
  expect(check(fieldOf({ type: 'email' }), 'ada at example')).toBe('This is not an e-mail address.');
  expect(check(fieldOf({ type: 'date', validation: { min: '2026-01-01' } }), '2025-12-31')).toBe('At least 2026-01-01.');
  expect(check(fieldOf({ type: 'select', options: ['a'] }), 'b')).toBe('Choose one of the list.');
  expect(check(fieldOf({ type: 'multi_select', options: ['a', 'b'], validation: { max: 1 } }), ['a', 'b'])).toBe('At most 1 chosen.');
  const file = fieldOf({ type: 'file', allowed_types: ['csv', 'image/*'], max_size_mb: 1 });
  const at = (size: number, mediaType: string) => (path: string) => (path === 'gone' ? undefined : { size, mediaType });
  expect(problemOf(file, 'a.csv', [], at(10, 'text/csv'))).toBeUndefined();
  expect(problemOf(file, 'a.png', [], at(10, 'image/png'))).toBeUndefined();
  expect(problemOf(file, 'a.zip', [], at(10, 'application/zip'))).toContain('csv, image/*');
  expect(problemOf(file, 'a.csv', [], at(2 * 1024 * 1024, 'text/csv'))).toContain('1 MB');
  expect(problemOf(file, 'gone', [], at(0, ''))).toContain('no such file');
});

test('the arguments are what is filled in, over those that the form gives by itself', () => {
  const { form } = read([{ name: 'a', label: 'A' }, { name: 'b', label: 'B', default_value: 'from the form' }, { name: 'c', type: 'markdown', content: 'x' }, { name: 'gift', label: 'G', type: 'checkbox' }], {
    default_launch_params: { b: 'by itself', z: 1 },
  });
  expect(argumentsOf(form, firstHeld, ({ options }) => options)).toEqual({ b: 'from the form', z: 1, gift: false });
});

test('a data provider waits for the fields that it depends on', () => {
  const provider = { reference: 'p', labelField: 'label', valueField: 'value', inputs: { region: { field: 'region' }, all: { value: true } } };
  expect(providerArguments(provider, () => undefined)).toEqual({ waitsFor: 'region' });
  expect(providerArguments(provider, () => 'eu')).toEqual({ args: { region: 'eu', all: true } });
});

test('what a data provider gave becomes options, or the reason why it does not', () => {
  const provider = { reference: 'p', labelField: 'title', valueField: 'id', inputs: {} };
  const given = providedOptions(provider, [{ id: 3, title: 'Three', metadata: {} }, 'plain']);
  expect(given).toEqual({ options: [{ label: 'Three', value: 3 }, { label: 'plain', value: 'plain' }], leftOut: 0 });
  expect('options' in given && given.options.map(keyOf)).toEqual(['3', 'plain']);
  expect(providedOptions(provider, { success: false })).toEqual({ problem: 'It gave no list of options, but an object.' });
  expect(providedOptions(provider, [{ label: 'no id' }])).toEqual({ problem: 'What it gave as option 1 has no `id`.' });
});

test('references lead to what they stand for, or to all that they may mean', () => {
  const entry = (name: string): FlowEntry => ({ kind: 'workflow', function: name, name: name === 'sync' ? 'Sync all' : name, category: 'General', parameters: [], async: true, line: 4 });
  const flow = (path: string, ...names: string[]): FlowSummary => ({ path, name: path.replace(/^.*\/|\.(?:py|flow\.js)$/g, ''), inputs: [], entries: names.map(entry) });
  const flows = [flow('workflows/a.py', 'sync', 'count'), flow('workflows/x/b.py', 'count'), flow('other/b.py', 'last'), flow('flows/c.flow.js')];
  const shown = (reference: string) => meanings(reference, flows).map(({ path, entry: one }) => (one ? `${path}::${one.function}` : path));
  expect(shown('workflows/a.py::sync')).toEqual(['workflows/a.py::sync']);
  expect(shown('workflow::a::sync')).toEqual(['workflows/a.py::sync']);
  expect(shown('workflow::b::last')).toEqual(['other/b.py::last']);
  expect(shown('Sync all')).toEqual(['workflows/a.py::sync']);
  expect(shown('count')).toEqual(['workflows/a.py::count', 'workflows/x/b.py::count']);
  expect(shown('c')).toEqual(['flows/c.flow.js']);
  expect(shown('workflows/x/b.py')).toEqual(['workflows/x/b.py::count']);
  expect(['workflows/a.py::gone', 'workflow::a', 'nobody', 'x/y'].flatMap(shown)).toEqual([]);
  expect(portable('workflows/a.py', 'sync', flows)).toBe('workflow::a::sync');
  expect(portable('other/b.py', 'last', flows), 'another file is called so').toBeUndefined();
});

test('a form in YAML is read as one in JSON is, and its problems have their places', async () => {
  const text = '# A form\nworkflow: workflow::a::run\nfields:\n  - {name: when, label: When, type: date, default_value: 2026-03-01}\n  - name: size\n    label: Size\n    type: slider\n';
  const source = await readSource('forms/a.form.yaml', text);
  const { form, problems } = readDefinition(source.value, 'a');
  expect(form).toMatchObject({ workflow: 'workflow::a::run', fields: [{ name: 'when', default: '2026-03-01' }] });
  expect(problems.map(({ path, message }) => [source.place(path), message])).toEqual([[{ line: 7, column: 11 }, 'There are no fields of the type `slider`.']]);
  expect(source.place(['fields', 1, 'nothing']), 'what is not there').toEqual({ line: 5, column: 5 });
});

test('broken YAML is told where it breaks, and aliases that stand for too much are refused', () => {
  const broken = (text: string) => {
    try {
      readYamlSource(text);
    } catch (error) {
      return error instanceof Unreadable ? error : undefined;
    }
    return undefined;
  };
  expect(broken('name: a\nfields: [\n')?.place.line).toBe(3);
  expect(broken('name: a\nname: b\n')?.place).toEqual({ line: 2, column: 1 });
  expect(broken('')?.message).toBe('The file is empty.');
  const levels = Array.from({ length: 9 }, (_, index) => `l${index + 1}: &l${index + 1} [${Array(9).fill(`*l${index}`).join(', ')}]`);
  expect(broken(['l0: &l0 [x]', ...levels].join('\n'))?.message).toContain(`more than ${ALIASES_MAX}`);
});
