// From what a person filled in to the arguments of a run, and what is still missing.

import type { FlowEntry, FlowParameter, Foreseen, Grant, InputSpec, LimitName, Limits } from './tools';
import { LIMIT_FIELDS } from './limits';

/** A field of the run form: an input that a flow declares, or a parameter of a function. */
export interface Field extends Omit<InputSpec, 'kind' | 'options'> {
  kind: InputSpec['kind'] | FlowParameter['type'];
  options?: readonly unknown[];
}

export interface FormArgs {
  args: Record<string, unknown>;
  problems: Record<string, string>;
}

/** The field for what a function with `**keywords` takes besides its parameters. No parameter is called so. */
export const MORE_ARGUMENTS = '**';

/** What a function asks for. */
export function fieldsOf(entry: FlowEntry): Field[] {
  const more: Field = { id: MORE_ARGUMENTS, label: 'More arguments', kind: 'json', optional: true, description: 'The function takes arguments of any name.' };
  return [...entry.parameters.map(fieldOf), ...(entry.takesMore ? [more] : [])];
}

function fieldOf({ name, label, type, required, default: value, options = [] }: FlowParameter): Field {
  const field = { id: name, label, optional: !required, ...(value === undefined || value === null ? {} : { default: value }) };
  if (options.length) return { ...field, kind: 'select', options };
  // A checkbox has no third state for what may be left out.
  if (type === 'boolean' && field.optional && field.default === undefined) return { ...field, kind: 'select', options: [true, false] };
  return { ...field, kind: type };
}

/** The controls for dates and times, and what they can hold: no browser has one with zones. */
const MOMENTS: Partial<Record<string, [control: string, holds: RegExp]>> = {
  date: ['date', /^\d{4}-\d\d-\d\d$/],
  datetime: ['datetime-local', /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?$/],
  time: ['time', /^\d\d:\d\d(:\d\d(\.\d{1,3})?)?$/],
};

/** The type of the control for a field of one line. What a control for dates would lose of a value stays a text. */
export function controlOf(kind: string, held: unknown): string {
  const [control, holds] = MOMENTS[kind] ?? [];
  return control && (held === '' || holds?.test(String(held))) ? control : 'text';
}

/** How the value of a field is written that is JSON; none of another. */
export function examplesOf({ id, kind }: Field): readonly string[] {
  if (kind === 'list') return ['["a", "b"]'];
  const object = '{"name": "value"}';
  return kind !== 'json' ? [] : id === MORE_ARGUMENTS ? [object] : [object, '"a text"'];
}

/** An option as a person reads it. */
export const optionText = (option: unknown): string => (typeof option === 'string' ? option : JSON.stringify(option));

/** A value as its field holds it. */
export function heldAs(input: Field, value: unknown): unknown {
  if (input.kind === 'json' || input.kind === 'list') return JSON.stringify(value, null, 2);
  return input.kind === 'select' ? optionText(value) : value;
}

/** What a field is that is left empty, as a person reads it; none where it may not be, or is nothing then. */
export const emptyText = ({ default: value, optional }: Field): string | undefined => (!optional || value === undefined || value === null || value === '' ? undefined : optionText(value));

/** What a field shows before anybody touched it. */
export function initialValue(input: Field): unknown {
  if (input.default !== undefined && input.default !== null) return heldAs(input, input.default);
  return input.kind === 'boolean' ? false : '';
}

/** Reads the fields by their declared kinds. An empty optional field is left out. */
export function readForm(inputs: readonly Field[], values: Readonly<Record<string, unknown>>): FormArgs {
  const args: [string, unknown][] = [];
  const problems: Record<string, string> = {};
  for (const input of inputs) {
    const value = values[input.id] ?? initialValue(input);
    if (input.kind === 'boolean') {
      args.push([input.id, value === true]);
      continue;
    }
    const text = String(value ?? '');
    if (text === '') {
      if (!input.optional) problems[input.id] = input.kind === 'file' || input.kind === 'image' ? 'Choose a file.' : 'This is needed.';
      continue;
    }
    const read = readField(input, text);
    if ('problem' in read) problems[input.id] = read.problem;
    else if (input.id === MORE_ARGUMENTS) args.push(...Object.entries(read.value as object));
    else args.push([input.id, read.value]);
  }
  return { args: Object.fromEntries(args), problems };
}

function readField(input: Field, text: string): Read {
  switch (input.kind) {
    case 'number': {
      const number = Number(text);
      return Number.isFinite(number) ? { value: number } : { problem: 'This is not a number.' };
    }
    case 'integer':
      if (!/^\s*[+-]?\d+\s*$/.test(text)) return { problem: 'This is not a whole number.' };
      // Python takes digits of any length as a text; a number of JavaScript would lose some.
      return { value: Number.isSafeInteger(Number(text)) ? Number(text) : text.trim() };
    case 'select': {
      const options = input.options ?? [];
      const at = options.findIndex((option) => optionText(option) === text);
      return at < 0 ? { problem: 'Choose one of the list.' } : { value: options[at] };
    }
    case 'list': {
      const read = readJson(text);
      return 'value' in read && !Array.isArray(read.value) ? { problem: 'This is not a list: write it as ["a", "b"].' } : read;
    }
    case 'json': {
      const read = readJson(text);
      const isObject = 'value' in read && typeof read.value === 'object' && read.value !== null && !Array.isArray(read.value);
      return input.id === MORE_ARGUMENTS && 'value' in read && !isObject ? { problem: 'This is not an object: write it as {"name": "value"}.' } : read;
    }
    default:
      return { value: text };
  }
}

export type Read = { value: unknown } | { problem: string };

export function readJson(text: string): Read {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { problem: `This is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Lines of `NAME=value`. Empty lines and lines that start with `#` are left out. */
export function readEnv(text: string): { env: Record<string, string>; problem?: string } {
  const env: Record<string, string> = {};
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    const at = line.indexOf('=');
    if (at < 1) return { env, problem: `Line ${index + 1} is not NAME=value.` };
    env[line.slice(0, at).trim()] = line.slice(at + 1);
  }
  return { env };
}

/** The limits that were filled in, in the engine's units. */
export function readLimits(values: Partial<Record<LimitName, string>>): { limits: Partial<Limits>; problems: Partial<Record<LimitName, string>> } {
  const limits: Partial<Limits> = {};
  const problems: Partial<Record<LimitName, string>> = {};
  for (const field of LIMIT_FIELDS) {
    const text = String(values[field.name] ?? '').trim();
    if (text === '') continue;
    const value = Number(text) * field.scale;
    if (Number.isFinite(value) && value >= 1) limits[field.name] = Math.round(value);
    else problems[field.name] = 'A number above zero.';
  }
  return { limits, problems };
}

/** What to grant to a run that used up a limit: twice of what it used. */
export const moreOf = (used: number): number => Math.ceil(used * 2);

/** Why a text is no domain that can be allowed. */
export function domainProblem(text: string): string | undefined {
  const isDomain = /^[\w.-]+$/.test(text) && URL.parse(`https://${text}/`)?.hostname === text.toLowerCase();
  return isDomain ? undefined : 'Write a domain alone, such as api.example.org.';
}

/** How a forecast begins that is about something of a grant. */
const FORESEEN: Record<keyof Grant, string> = { read: 'read', write: 'write', net: 'fetch from', tools: 'call' };

/** Takes away what the policy denies. */
export function undenied(policy: readonly Foreseen[] = []): (power: keyof Grant, list?: readonly string[]) => string[] {
  const denied = new Set(policy.filter(({ forecast }) => forecast === 'denied').map(({ what }) => what));
  return (power, list = []) => list.filter((one) => !denied.has(`${FORESEEN[power]} ${one}`));
}

/** Globs as a person reads them: `everything` rather than two stars. */
export function globWords(globs: string[]): string[] {
  return globs.includes('**') ? ['everything'] : globs;
}
