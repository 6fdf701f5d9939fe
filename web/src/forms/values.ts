// From what a person filled in to the values of a form, and what is still wrong with them.

import { optionText } from '../lib/run-form';
import { isBoolean, isString, isStrings } from '../lib/settings';
import { isShown, optionOf, OPTIONS_MAX, type FormDefinition, type FormField, type Option, type Provider } from './definition';

/** What a field holds: the text of a control, whether it is ticked, or the keys of what was chosen. */
export type Held = string | boolean | readonly string[];

export const isHeld = (value: unknown): value is Held => isString(value) || isBoolean(value) || isStrings(value);

/** What tells an option from the others of its field. */
export const keyOf = ({ value }: Option): string => optionText(value);

/** What a field holds before anybody touched it. */
export function firstHeld(field: FormField): Held {
  const value = field.default;
  switch (field.type) {
    case 'checkbox':
      return value === true || value === 'true';
    case 'multi_select':
      // A list, or its words with commas between.
      return (Array.isArray(value) ? value.map(optionText) : String(value ?? '').split(',')).map((one) => one.trim()).filter(Boolean);
    // As the controls of browsers hold them: without seconds and zones.
    case 'date':
      return /^\d{4}-\d\d-\d\d/.exec(String(value))?.[0] ?? '';
    case 'datetime':
      return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.exec(String(value))?.[0] ?? '';
    default:
      return value === undefined ? '' : optionText(value);
  }
}

export const isEmpty = (held: Held): boolean => held === '' || held === false || (Array.isArray(held) && held.length === 0);

/** The value of a field; undefined where nothing is filled in, or where it is not one yet. */
export function valueOf(field: FormField, held: Held, options: readonly Option[]): unknown {
  if (field.type === 'checkbox') return held === true;
  if (isEmpty(held)) return undefined;
  const chosen = (key: string): unknown => options.find((option) => keyOf(option) === key)?.value;
  switch (field.type) {
    case 'number': {
      const number = Number(held);
      return Number.isFinite(number) ? number : undefined;
    }
    case 'select':
    case 'radio':
      return chosen(String(held));
    case 'multi_select':
      return (held as readonly string[]).map(chosen).filter((value) => value !== undefined);
    default:
      return String(held);
  }
}

export interface FileInfo {
  size: number;
  mediaType: string;
}

/** What is wrong with a field, but for its pattern, which takes its time. */
export function problemOf(field: FormField, held: Held, options: readonly Option[], fileAt: (path: string) => FileInfo | undefined): string | undefined {
  if (isShown(field)) return undefined;
  if (isEmpty(held)) return field.required ? (field.type === 'checkbox' ? 'This must be ticked.' : 'This is needed.') : undefined;
  const value = valueOf(field, held, options);
  const said = field.rules.message;
  switch (field.type) {
    case 'number':
      return value === undefined ? 'This is not a number.' : within(Number(value), field, said, '');
    case 'email':
      return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(String(value)) ? within(String(value).length, field, said, ' characters') : (said ?? 'This is not an e-mail address.');
    case 'select':
    case 'radio':
      return value === undefined ? 'Choose one of the list.' : undefined;
    case 'multi_select':
      return (value as unknown[]).length < (held as readonly string[]).length ? 'Choose from the list.' : within((value as unknown[]).length, field, said, ' chosen');
    case 'date':
    case 'datetime':
      return within(String(value), field, said, '');
    case 'file':
      return fileProblem(field, String(value), fileAt);
    case 'text':
    case 'textarea':
      return within(String(value).length, field, said, ' characters');
    default:
      return undefined;
  }
}

function within(value: number | string, { rules: { min, max } }: FormField, said: string | undefined, of: string): string | undefined {
  if (min !== undefined && value < min) return said ?? `At least ${min}${of}.`;
  if (max !== undefined && value > max) return said ?? `At most ${max}${of}.`;
  return undefined;
}

function fileProblem(field: FormField, path: string, fileAt: (path: string) => FileInfo | undefined): string | undefined {
  const file = fileAt(path);
  if (!file) return 'There is no such file. Choose one, or upload it.';
  const fits = field.allowedTypes.some((type) => {
    const one = type.toLowerCase();
    if (one.endsWith('/*')) return file.mediaType.startsWith(one.slice(0, -1));
    return one.includes('/') ? file.mediaType === one : path.toLowerCase().endsWith(one.startsWith('.') ? one : `.${one}`);
  });
  if (field.allowedTypes.length && !fits) return `It must be one of these: ${field.allowedTypes.join(', ')}.`;
  if (field.bytesMax !== undefined && file.size > field.bytesMax) return `It may have at most ${field.bytesMax / 1024 / 1024} MB.`;
  return undefined;
}

/** The arguments of the form's workflow. What is empty is left out, so that the function's own defaults count. */
export function argumentsOf(form: FormDefinition, held: (field: FormField) => Held, options: (field: FormField) => readonly Option[]): Record<string, unknown> {
  const filled = form.fields.filter((field) => !isShown(field)).map((field): [string, unknown] => [field.name, valueOf(field, held(field), options(field))]);
  return Object.fromEntries([...Object.entries(form.given), ...filled.filter(([, value]) => value !== undefined)]);
}

/** The arguments of a data provider, or the field that must be filled in before it can run. */
export function providerArguments(provider: Provider, value: (field: string) => unknown): { args: Record<string, unknown> } | { waitsFor: string } {
  const args: [string, unknown][] = [];
  for (const [name, input] of Object.entries(provider.inputs)) {
    if ('value' in input) args.push([name, input.value]);
    else {
      const given = value(input.field);
      if (given === undefined) return { waitsFor: input.field };
      args.push([name, given]);
    }
  }
  return { args: Object.fromEntries(args) };
}

/** The options in what a data provider gave, or why there are none. */
export function providedOptions(provider: Provider, given: unknown): { options: Option[]; leftOut: number } | { problem: string } {
  if (!Array.isArray(given)) return { problem: `It gave no list of options, but ${given === null || given === undefined ? 'nothing' : typeof given === 'object' ? 'an object' : `a ${typeof given}`}.` };
  const options: Option[] = [];
  for (const [index, one] of given.slice(0, OPTIONS_MAX).entries()) {
    const option = optionOf(one, provider.labelField, provider.valueField);
    if (!option) return { problem: `What it gave as option ${index + 1} has no \`${provider.valueField}\`.` };
    options.push(option);
  }
  return { options, leftOut: Math.max(0, given.length - OPTIONS_MAX) };
}
