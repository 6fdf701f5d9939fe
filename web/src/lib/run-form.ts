// From what a person filled in to the arguments of a run, and what is still missing.

import type { InputSpec, LimitName, Limits } from './tools';
import { LIMIT_FIELDS } from './limits';

export interface FormArgs {
  args: Record<string, unknown>;
  problems: Record<string, string>;
}

/** What a field shows before anybody touched it. */
export function initialValue(input: InputSpec): unknown {
  if (input.default !== undefined && input.default !== null) return input.kind === 'json' ? JSON.stringify(input.default, null, 2) : input.default;
  return input.kind === 'boolean' ? false : '';
}

/** Reads the fields by their declared kinds. An empty optional field is left out. */
export function readForm(inputs: InputSpec[], values: Record<string, unknown>): FormArgs {
  const args: Record<string, unknown> = {};
  const problems: Record<string, string> = {};
  for (const input of inputs) {
    const value = values[input.id] ?? initialValue(input);
    if (input.kind === 'boolean') {
      args[input.id] = value === true;
      continue;
    }
    const text = String(value ?? '');
    if (text === '') {
      if (!input.optional) problems[input.id] = input.kind === 'file' || input.kind === 'image' ? 'Choose a file.' : 'This is needed.';
      continue;
    }
    if (input.kind === 'number') {
      const number = Number(text);
      if (Number.isFinite(number)) args[input.id] = number;
      else problems[input.id] = 'This is not a number.';
    } else if (input.kind === 'json') {
      const parsed = readJson(text);
      if ('value' in parsed) args[input.id] = parsed.value;
      else problems[input.id] = parsed.problem;
    } else args[input.id] = text;
  }
  return { args, problems };
}

export function readJson(text: string): { value: unknown } | { problem: string } {
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

/** Globs as a person reads them: `everything` rather than two stars. */
export function globWords(globs: string[]): string[] {
  return globs.includes('**') ? ['everything'] : globs;
}
