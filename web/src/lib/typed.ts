// What was typed into run forms and into forms, on this device: a reload shows it again.

import { ByFile, type Entries } from './by-file.svelte';
import type { Field } from './run-form';

/** The most files of which they are kept, and the most bytes of all: what was typed last stays. */
export const TYPED_FILES_MAX = 50;
export const TYPED_BYTES_MAX = 64 * 1024;

/** What is kept of one form. */
export interface Typed {
  /** What the manifest calls the flow, where the form is that of a name. */
  name?: string | undefined;
  /** The function that was chosen. */
  chosen?: string | undefined;
  /** By function, or by no name where there is none, as of forms; and then by field. */
  values: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The arguments of a flow that declares no inputs. */
  json?: string | undefined;
  /** The hash of the form, where it is a file. */
  form?: string | undefined;
}

/** What is not said here to be no secret may be one, and is kept nowhere. */
const KINDS: ReadonlySet<string> = new Set<Field['kind']>(['text', 'number', 'integer', 'boolean', 'date', 'datetime', 'time', 'file', 'image', 'select', 'list', 'json']);

const SECRET = /pass(?:word|phrase|code|wd)|secret|token|credential|(?:api|access|private)[ _-]?key|(?<![a-z])(?:pwd|pin|otp|cvc|cvv)(?![a-z])/i;

/** Whether a field asks for a secret, by what it is called. */
export const asksSecret = (...words: readonly string[]): boolean => words.some((one) => SECRET.test(one));

/** Whether what is typed into a field is kept. */
export const isKept = ({ kind, id, label }: Pick<Field, 'kind' | 'id' | 'label'>): boolean => KINDS.has(kind) && !asksSecret(id, label);

export class TypedForms {
  readonly #files: ByFile<readonly Typed[]>;

  constructor(entries: Entries) {
    this.#files = new ByFile('typed', entries, areTyped, bounded);
  }

  of(path: string, name: string | undefined): Typed | undefined {
    return this.#files.of(path)?.find((one) => one.name === name);
  }

  keep(path: string, typed: Typed): void {
    const others = this.#files.of(path)?.filter(({ name }) => name !== typed.name) ?? [];
    this.#files.set(path, [...others, typed]);
  }

  prune(): void {
    this.#files.prune();
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isText = (value: unknown): boolean => value === undefined || typeof value === 'string';

function areTyped(value: unknown): value is readonly Typed[] {
  const isTyped = (one: unknown): boolean => {
    const { name, chosen, json, form, values } = (one ?? {}) as Record<string, unknown>;
    return [name, chosen, json, form].every(isText) && isObject(values) && Object.values(values).every(isObject);
  };
  return Array.isArray(value) && value.every(isTyped);
}

/** The newest files that fit. */
function bounded(all: Readonly<Record<string, readonly Typed[]>>): Record<string, readonly Typed[]> {
  let left = TYPED_BYTES_MAX;
  const fitting = Object.entries(all).slice(-TYPED_FILES_MAX).reverse().filter((one) => {
    const size = new TextEncoder().encode(JSON.stringify(one)).length;
    if (size > left) return false;
    left -= size;
    return true;
  });
  return Object.fromEntries(fitting.reverse());
}
