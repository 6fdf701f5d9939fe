// What a form asks for, read off its file: fields, where their options come from, and what is run with them.
//
// The keys are those of Bifrost's forms. What means nothing here, or can't be done, is told and never passed over in silence.

import type { Path } from './source';

export const FIELDS_MAX = 50;
export const OPTIONS_MAX = 1_000;
/** The most characters of a name, a label or a message. */
export const WORDS_CHARS_MAX = 1_000;
/** The most characters of a pattern. */
export const PATTERN_CHARS_MAX = 500;

const FIELD_TYPES = ['text', 'email', 'number', 'select', 'multi_select', 'checkbox', 'textarea', 'radio', 'date', 'datetime', 'markdown', 'html', 'file'] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

/** The fields that are chosen from options. */
const CHOICES: readonly FieldType[] = ['select', 'multi_select', 'radio'];
/** What is shown and asks for nothing. */
const SHOWN: readonly FieldType[] = ['markdown', 'html'];

export interface Option {
  label: string;
  value: unknown;
}

export interface Provider {
  reference: string;
  labelField: string;
  valueField: string;
  /** The arguments of the data provider: written in the form, or the value of a field. */
  inputs: Record<string, { value: unknown } | { field: string }>;
}

export interface Rules {
  pattern?: string;
  min?: number | string;
  max?: number | string;
  message?: string;
}

export interface FormField {
  name: string;
  type: FieldType;
  label: string;
  required: boolean;
  placeholder?: string;
  help?: string;
  default?: unknown;
  options: Option[];
  provider?: Provider;
  rules: Rules;
  /** What `markdown` and `html` show. */
  content: string;
  /** What a file may be: endings with their dot, or media types. */
  allowedTypes: string[];
  bytesMax?: number;
  /** What the form's file asks of this field and does not get. */
  notes: string[];
}

export interface FormDefinition {
  title: string;
  description?: string;
  /** What is run with the values. */
  workflow?: string;
  /** Arguments that no field asks for. */
  given: Record<string, unknown>;
  fields: FormField[];
  /** Markdown that is shown when the run went well. */
  confirmation?: string;
  notes: string[];
}

export interface FormProblem {
  path: Path;
  message: string;
  hint?: string;
}

export interface FormRead {
  form: FormDefinition;
  problems: FormProblem[];
}

export const isShown = (field: FormField): boolean => SHOWN.includes(field.type);
export const isChoice = (field: FormField): boolean => CHOICES.includes(field.type);

type Dict = Record<string, unknown>;
const isDict = (value: unknown): value is Dict => typeof value === 'object' && value !== null && !Array.isArray(value);
const isNothing = (value: unknown): value is null | undefined => value === undefined || value === null;

const FORM_KEYS = new Set([
  'id', 'name', 'title', 'path', 'description', 'organization_id', 'roles', 'role_names', 'access_level', 'workflow', 'workflow_id', 'launch_workflow_id',
  'default_launch_params', 'allowed_query_params', 'form_schema', 'fields', 'confirmation_markdown',
]);
const FIELD_KEYS = new Set([
  'name', 'type', 'label', 'required', 'placeholder', 'help_text', 'default_value', 'options', 'data_provider_id', 'data_provider', 'data_provider_inputs',
  'visibility_expression', 'validation', 'allowed_types', 'multiple', 'max_size_mb', 'content', 'allow_as_query_param', 'auto_fill',
]);

export function readDefinition(value: unknown, name: string): FormRead {
  return new Reader().form(value, name);
}

/** Reads parts, and keeps what is wrong with them. */
class Reader {
  problems: FormProblem[] = [];
  #places = new Map<FormField, Path>();

  form(value: unknown, name: string): FormRead {
    const empty: FormDefinition = { title: name, given: {}, fields: [], notes: [] };
    if (!isDict(value)) {
      this.#wrong([], 'A form is an object.', 'Write `{ "name": …, "workflow": …, "fields": [ … ] }`.');
      return { form: empty, problems: this.problems };
    }
    const workflow = this.#words(value, 'workflow', []) ?? this.#words(value, 'workflow_id', []);
    if (workflow === undefined) this.#wrong([], 'The form says no workflow.', 'Set `workflow` to a reference like `workflows/crm.py::sync`.');
    const description = this.#words(value, 'description', []);
    const confirmation = this.#words(value, 'confirmation_markdown', [], Infinity);
    const given = isNothing(value['default_launch_params']) ? {} : value['default_launch_params'];
    if (!isDict(given)) this.#wrong(['default_launch_params'], '`default_launch_params` is an object of arguments.');
    const form: FormDefinition = {
      ...empty,
      title: this.#words(value, 'name', []) ?? this.#words(value, 'title', []) ?? name,
      ...(description === undefined ? {} : { description }),
      ...(workflow === undefined ? {} : { workflow }),
      ...(confirmation === undefined ? {} : { confirmation }),
      given: isDict(given) ? given : {},
      fields: this.#fields(value),
      notes: formNotes(value),
    };
    this.#references(form.fields);
    return { form, problems: this.problems };
  }

  #wrong(path: Path, message: string, hint?: string): void {
    this.problems.push({ path, message, ...(hint === undefined ? {} : { hint }) });
  }

  #words(from: Dict, key: string, path: Path, charsMax = WORDS_CHARS_MAX): string | undefined {
    const value = from[key];
    if (isNothing(value) || value === '') return undefined;
    if (typeof value === 'string' && value.length <= charsMax) return value;
    this.#wrong([...path, key], typeof value === 'string' ? `\`${key}\` has more than ${charsMax} characters.` : `\`${key}\` is a text.`);
    return undefined;
  }

  #fields(form: Dict): FormField[] {
    const schema = form['form_schema'];
    const [list, path]: [unknown, Path] = isDict(schema) ? [schema['fields'], ['form_schema', 'fields']] : [form['fields'], ['fields']];
    if (isNothing(list)) return [];
    if (!Array.isArray(list)) {
      this.#wrong(path, '`fields` is a list.');
      return [];
    }
    if (list.length > FIELDS_MAX) this.#wrong([...path, FIELDS_MAX], `A form has at most ${FIELDS_MAX} fields.`);
    const fields: FormField[] = [];
    for (const [index, one] of list.slice(0, FIELDS_MAX).entries()) {
      const field = this.#field(one, [...path, index]);
      if (!field) continue;
      if (fields.some(({ name }) => name === field.name)) this.#wrong([...path, index, 'name'], `Another field is called \`${field.name}\`, too.`);
      else {
        fields.push(field);
        this.#places.set(field, [...path, index]);
      }
    }
    return fields;
  }

  #field(value: unknown, path: Path): FormField | undefined {
    if (!isDict(value)) return void this.#wrong(path, 'A field is an object.');
    const name = this.#words(value, 'name', path);
    if (name === undefined) return void this.#wrong(path, 'The field has no `name`.');
    const type = isNothing(value['type']) ? 'text' : FIELD_TYPES.find((one) => one === value['type']);
    if (type === undefined) return void this.#wrong([...path, 'type'], `There are no fields of the type \`${String(value['type'])}\`.`, `There are: ${FIELD_TYPES.join(', ')}.`);
    const shows = SHOWN.includes(type);
    const label = this.#words(value, 'label', path);
    if (label === undefined && !shows) this.#wrong(path, `The field \`${name}\` has no \`label\`.`);
    const content = this.#words(value, 'content', path, Infinity);
    if (content === undefined && shows) this.#wrong(path, `The field \`${name}\` has no \`content\` to show.`);
    const placeholder = this.#words(value, 'placeholder', path);
    const help = this.#words(value, 'help_text', path);
    const provider = CHOICES.includes(type) ? this.#provider(value, path) : undefined;
    const options = this.#options(value['options'], [...path, 'options'], type);
    if (CHOICES.includes(type) && !provider && options.length === 0) this.#wrong(path, `The field \`${name}\` has nothing to choose from.`, 'Give it `options`, or a `data_provider_id`.');
    return {
      name,
      type,
      label: label ?? '',
      required: value['required'] === true && !shows,
      ...(placeholder === undefined ? {} : { placeholder }),
      ...(help === undefined ? {} : { help }),
      ...(isNothing(value['default_value']) ? {} : { default: value['default_value'] }),
      options,
      ...(provider ? { provider } : {}),
      rules: this.#rules(value['validation'], [...path, 'validation'], type),
      content: content ?? '',
      ...this.#file(value, path),
      notes: fieldNotes(value, CHOICES.includes(type)),
    };
  }

  /** A list of options, or an object with the list as `choices`. An object without is about files. */
  #options(value: unknown, path: Path, type: FieldType): Option[] {
    if (isNothing(value) || type === 'file') return [];
    const [list, at]: [unknown, Path] = isDict(value) ? [value['choices'] ?? [], [...path, 'choices']] : [value, path];
    if (!Array.isArray(list)) {
      this.#wrong(at, 'The options are a list.');
      return [];
    }
    if (list.length > OPTIONS_MAX) this.#wrong([...at, OPTIONS_MAX], `A field has at most ${OPTIONS_MAX} options.`);
    return list.slice(0, OPTIONS_MAX).flatMap((one, index) => {
      const option = optionOf(one, 'label', 'value');
      if (!option) this.#wrong([...at, index], 'An option is a text, a number, or an object with `label` and `value`.');
      return option ?? [];
    });
  }

  #provider(field: Dict, path: Path): Provider | undefined {
    const whole = field['data_provider'];
    if (!isNothing(whole) && typeof whole !== 'string' && !isDict(whole)) return void this.#wrong([...path, 'data_provider'], '`data_provider` is an object with `id`.');
    const reference = isDict(whole)
      ? this.#words(whole, 'id', [...path, 'data_provider'])
      : (this.#words(field, 'data_provider_id', path) ?? this.#words(field, 'data_provider', path));
    if (reference === undefined) {
      if (isDict(whole)) this.#wrong([...path, 'data_provider'], 'The data provider has no `id`.');
      return undefined;
    }
    const named = (key: string, other: string): string => (isDict(whole) ? this.#words(whole, key, [...path, 'data_provider']) : undefined) ?? other;
    return { reference, labelField: named('label_field', 'label'), valueField: named('value_field', 'value'), inputs: this.#inputs(field['data_provider_inputs'], [...path, 'data_provider_inputs']) };
  }

  #inputs(value: unknown, path: Path): Provider['inputs'] {
    if (isNothing(value)) return {};
    if (!isDict(value)) {
      this.#wrong(path, '`data_provider_inputs` is an object with an entry for each parameter.');
      return {};
    }
    const inputs: [string, { value: unknown } | { field: string }][] = [];
    for (const [name, one] of Object.entries(value)) {
      const at = [...path, name];
      const mode = isDict(one) ? one['mode'] : undefined;
      if (isDict(one) && mode === 'static') inputs.push([name, { value: one['value'] ?? null }]);
      else if (isDict(one) && mode === 'fieldRef') {
        const field = this.#words(one, 'field_name', at);
        if (field === undefined) this.#wrong(at, 'A `fieldRef` names its field as `field_name`.');
        else inputs.push([name, { field }]);
      } else if (mode === 'expression') this.#wrong(at, 'Expressions are JavaScript, which a form may not run here.', 'Use the mode `static` or `fieldRef`.');
      else this.#wrong(at, 'An input has the `mode` `static` with a `value`, or `fieldRef` with a `field_name`.');
    }
    return Object.fromEntries(inputs);
  }

  /** The fields that data providers refer to must be there. */
  #references(fields: FormField[]): void {
    for (const field of fields)
      for (const [name, input] of Object.entries(field.provider?.inputs ?? {})) {
        if (!('field' in input)) continue;
        const at = [...(this.#places.get(field) ?? []), 'data_provider_inputs', name];
        const other = fields.find((one) => one.name === input.field);
        if (!other || isShown(other)) this.#wrong(at, `There is no field \`${input.field}\` to take a value from.`);
        else if (other === field) this.#wrong(at, 'The options of a field can’t depend on its own value.');
      }
  }

  #rules(value: unknown, path: Path, type: FieldType): Rules {
    if (isNothing(value)) return {};
    if (!isDict(value)) {
      this.#wrong(path, '`validation` is an object with `pattern`, `min`, `max` and `message`.');
      return {};
    }
    const pattern = this.#words(value, 'pattern', path, PATTERN_CHARS_MAX);
    if (pattern !== undefined && !isPattern(pattern)) this.#wrong([...path, 'pattern'], 'The pattern is not a regular expression.');
    const message = this.#words(value, 'message', path);
    const isTime = type === 'date' || type === 'datetime';
    const bound = (key: 'min' | 'max'): number | string | undefined => {
      const one = value[key];
      if (isNothing(one)) return undefined;
      if (isTime ? typeof one === 'string' : typeof one === 'number') return one as number | string;
      return void this.#wrong([...path, key], isTime ? `\`${key}\` is a date.` : `\`${key}\` is a number.`);
    };
    const [min, max] = [bound('min'), bound('max')];
    return {
      ...(pattern !== undefined && isPattern(pattern) ? { pattern } : {}),
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
      ...(message === undefined ? {} : { message }),
    };
  }

  /** What a file may be stands at the field, or in its `options`. */
  #file(field: Dict, path: Path): Pick<FormField, 'allowedTypes' | 'bytesMax'> {
    const inner = field['options'];
    const [from, at]: [Dict, Path] = isDict(inner) && (inner['allowed_types'] !== undefined || inner['max_size_mb'] !== undefined) ? [inner, [...path, 'options']] : [field, path];
    const types = from['allowed_types'];
    const size = from['max_size_mb'];
    const areTypes = Array.isArray(types) && types.every((one) => typeof one === 'string');
    if (!isNothing(types) && !areTypes) this.#wrong([...at, 'allowed_types'], '`allowed_types` is a list of endings or media types.');
    if (!isNothing(size) && !(typeof size === 'number' && size > 0)) this.#wrong([...at, 'max_size_mb'], '`max_size_mb` is a number above zero.');
    return { allowedTypes: areTypes ? types : [], ...(typeof size === 'number' && size > 0 ? { bytesMax: size * 1024 * 1024 } : {}) };
  }
}

/** An option of a form or of a data provider; a plain value is its own label. */
export function optionOf(one: unknown, labelField: string, valueField: string): Option | undefined {
  if (typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean') return { label: String(one), value: one };
  if (!isDict(one)) return undefined;
  const value = one[valueField];
  const label = one[labelField] ?? value;
  if (isNothing(value) || (typeof label !== 'string' && typeof label !== 'number' && typeof label !== 'boolean')) return undefined;
  return { label: String(label), value };
}

function isPattern(pattern: string): boolean {
  try {
    return Boolean(new RegExp(pattern, 'u'));
  } catch {
    return false;
  }
}

function formNotes(form: Dict): string[] {
  const notes = unknownKeys(form, FORM_KEYS);
  const has = (key: string): boolean => !isNothing(form[key]) && !(Array.isArray(form[key]) && form[key].length === 0);
  if (has('launch_workflow_id')) notes.push('`launch_workflow_id` is not run when the form opens.');
  if (has('allowed_query_params')) notes.push('`allowed_query_params` do nothing: the form has no address.');
  if (has('roles') || has('role_names') || has('access_level') || has('organization_id')) notes.push('Roles and organizations are not checked: whoever has the workspace can use the form.');
  return notes;
}

function fieldNotes(field: Dict, isChoice: boolean): string[] {
  const notes = unknownKeys(field, FIELD_KEYS);
  const has = (key: string): boolean => !isNothing(field[key]) && field[key] !== false && field[key] !== '';
  if (has('visibility_expression')) notes.push('It is always shown: `visibility_expression` is JavaScript, which a form may not run here.');
  if (has('auto_fill')) notes.push('`auto_fill` does not fill in other fields.');
  if (has('allow_as_query_param')) notes.push('`allow_as_query_param` does nothing: the form has no address.');
  if (has('multiple')) notes.push('It takes one file: `multiple` is not supported.');
  if (!isChoice && (has('data_provider_id') || has('data_provider'))) notes.push('Data providers feed `select`, `multi_select` and `radio` only.');
  return notes;
}

const unknownKeys = (from: Dict, known: ReadonlySet<string>): string[] =>
  Object.keys(from).filter((key) => !known.has(key)).slice(0, 20).map((key) => `\`${key.slice(0, 80)}\` means nothing here.`);
