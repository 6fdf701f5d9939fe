// A form that is open: what is filled in, what its data providers gave, and the run that it started.

import { SvelteMap } from 'svelte/reactivity';
import type { Document } from '../editor/document.svelte';
import { sha256 } from '../lib/hash';
import { mediaTypeOf, nameOf } from '../lib/paths';
import type { Run } from '../lib/runs.svelte';
import { ended, fileOf, gave, referenceOf, type KernelEvent, type RunProgress, type RunRecord, type RunOptions, type ToolError } from '../lib/tools';
import { refusedArgument } from '../lib/remedy';
import { asksSecret } from '../lib/typed';
import { sameValue } from '../lib/values';
import type { Workbench } from '../lib/workbench.svelte';
import { isChoice, readDefinition, type FormDefinition, type FormField, type FormProblem, type Option } from './definition';
import { fits, PATTERN_MS_MAX } from './patterns';
import { meanings } from './references';
import { readSource, Unreadable, type Place } from './source';
import { argumentsOf, firstHeld, isEmpty, isHeld, keyOf, problemOf, providedOptions, providerArguments, valueOf, type Held } from './values';

/** Who types is not done yet: the text is read, and data providers are asked, a little later. */
const READ_AFTER_MS = 250;
const ASK_AFTER_MS = 300;

/** What a data provider does for a field. */
export type Feed =
  | { state: 'waits'; for: string }
  | { state: 'runs'; run?: string; progress?: RunProgress }
  | { state: 'gave'; options: Option[]; leftOut: number }
  | { state: 'failed'; error: ToolError };

/** A problem, and where it stands in the text. */
export interface Placed extends FormProblem {
  place: Place;
}

export class OpenForm {
  form = $state.raw<FormDefinition | undefined>(undefined);
  /** What keeps the form from being sent: it is broken. */
  broken = $state.raw<readonly Placed[]>([]);
  tried = $state(false);
  /**
   * Whether no data provider is asked: what was filled in before was for another form, which others may have changed, and goes to
   * none of this one before the person goes on with it.
   */
  holdsBack = $state(false);
  /** The run that was started with what is filled in. */
  run = $state.raw<Run | undefined>(undefined);
  /** The run whose end was brought into sight. */
  told: Run | undefined;
  #held = new SvelteMap<string, Held>();
  #feeds = new SvelteMap<string, Feed>();
  /** What the pattern of a field said of which text. */
  #fits = new SvelteMap<string, { text: string; problem: string | undefined }>();
  /** What each data provider was asked last. */
  #asked = new Map<string, string>();
  #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #readTimer: ReturnType<typeof setTimeout> | undefined;
  #reading = 0;
  #readText: string | undefined;
  /** Names the text of the form, where it was read. */
  #hash: string | undefined;
  #isRecalled = false;

  constructor(
    readonly wb: Workbench,
    readonly document: Document,
  ) {}

  /** Reads the text as it stands in the editor: the first time at once, later when typing pauses. */
  readSoon(): void {
    clearTimeout(this.#readTimer);
    this.#readTimer = setTimeout(() => void this.read(), this.#readText === undefined ? 0 : READ_AFTER_MS);
  }

  async read(): Promise<void> {
    const text = this.document.content ?? '';
    if (text === this.#readText) return;
    this.#readText = text;
    const number = ++this.#reading;
    const path = this.document.path;
    let next: { form?: FormDefinition; broken: Placed[] };
    try {
      const source = await readSource(path, text);
      const { form, problems } = readDefinition(source.value, nameOf(path).replace(/\.form\.\w+$/, ''));
      next = { form, broken: problems.map((problem) => ({ ...problem, place: source.place(problem.path) })) };
    } catch (error) {
      const place = error instanceof Unreadable ? error.place : { line: 1, column: 1 };
      next = { broken: [{ path: [], message: error instanceof Error ? error.message : String(error), place }] };
    }
    const hash = await sha256(new TextEncoder().encode(text));
    if (number !== this.#reading) return;
    this.#hash = hash;
    this.#recall();
    // While the text can't be read, the form stays as it was: somebody is typing.
    this.form = next.form ?? this.form;
    this.broken = next.broken;
    this.feed();
  }

  held(field: FormField): Held {
    const [held, first] = [this.#held.get(field.name), firstHeld(field)];
    // The field may be of another type than when that was filled in.
    return held !== undefined && typeof held === typeof first ? held : first;
  }

  set(field: FormField, held: Held): void {
    this.#held.set(field.name, held);
    this.#keep();
    this.goOn();
    if (this.tried) void this.#tryPattern(field);
  }

  /** Goes back to the defaults of all fields. Gives how to put back what was filled in, where something was. */
  reset(): (() => void) | undefined {
    const was = [...this.#held];
    this.#fits.clear();
    this.tried = false;
    this.run = undefined;
    this.#hold([]);
    return was.length ? () => this.#hold(was) : undefined;
  }

  /** Has this filled in, and nothing else. */
  #hold(all: readonly (readonly [string, Held])[]): void {
    this.#held.clear();
    for (const [name, held] of all) this.#held.set(name, held);
    this.#keep();
    this.goOn();
  }

  /** The person goes on with the form as it is. */
  goOn(): void {
    this.holdsBack = false;
    this.feed();
  }

  /** Shows what was filled in on this device before, once. */
  #recall(): void {
    if (this.#isRecalled) return;
    this.#isRecalled = true;
    const typed = this.wb.forms.typed.of(this.document.path, undefined);
    for (const [name, held] of Object.entries(typed?.values[''] ?? {})) if (isHeld(held)) this.#held.set(name, held);
    this.holdsBack = this.#held.size > 0 && (this.#hash === undefined || this.#hash !== typed?.form);
  }

  /** Keeps what is filled in on this device, but for what may be secrets. */
  #keep(): void {
    const kept = this.form?.fields.filter(({ name, label }) => this.#held.has(name) && !asksSecret(name, label)) ?? [];
    this.wb.forms.typed.keep(this.document.path, { values: { '': Object.fromEntries(kept.map(({ name }) => [name, this.#held.get(name)])) }, form: this.#hash });
  }

  feedOf(field: FormField): Feed | undefined {
    return field.provider ? this.#feeds.get(field.name) : undefined;
  }

  options(field: FormField): readonly Option[] {
    if (!field.provider) return field.options;
    const feed = this.#feeds.get(field.name);
    return feed?.state === 'gave' ? feed.options : [];
  }

  value(field: FormField): unknown {
    return valueOf(field, this.held(field), this.options(field));
  }

  problem(field: FormField): string | undefined {
    const record = this.run?.record;
    const refused = record && refusedArgument(record);
    // What the workflow itself refused stands at its field until that is filled in otherwise.
    if (refused?.name === field.name && sameValue((record?.args as Record<string, unknown> | null)?.[field.name], this.value(field))) return refused.message;
    if (!this.tried) return undefined;
    const fit = this.#fits.get(field.name);
    return this.#plainProblem(field) ?? (fit?.text === this.held(field) ? fit.problem : undefined);
  }

  /** The label of a field, for sentences. */
  labelOf(name: string): string {
    return this.form?.fields.find((field) => field.name === name)?.label || name;
  }

  /** Asks the data providers whose arguments changed. */
  feed(): void {
    if (this.holdsBack) return;
    const fields = this.form?.fields.filter((field) => field.provider) ?? [];
    for (const name of [...this.#feeds.keys()]) if (!fields.some((field) => field.name === name)) this.#forget(name);
    for (const field of fields) {
      const wanted = providerArguments(field.provider!, (name) => this.#valueOf(name));
      const key = JSON.stringify([field.provider!.reference, field.provider!.labelField, field.provider!.valueField, wanted]);
      if (this.#asked.get(field.name) === key) continue;
      const isFirst = !this.#asked.has(field.name);
      this.#forget(field.name);
      this.#asked.set(field.name, key);
      if ('waitsFor' in wanted) this.#feeds.set(field.name, { state: 'waits', for: wanted.waitsFor });
      else {
        this.#feeds.set(field.name, { state: 'runs' });
        this.#timers.set(field.name, setTimeout(() => void this.#ask(field, key, wanted.args), isFirst ? 0 : ASK_AFTER_MS));
      }
    }
  }

  /** Asks the data provider of a field once more. */
  again(field: FormField): void {
    this.#forget(field.name);
    this.goOn();
  }

  /** Runs the form's workflow with what is filled in, or shows what is missing: gives the first field that is wrong. */
  async submit(): Promise<FormField | undefined> {
    const form = this.form;
    if (!form?.workflow || this.broken.length || this.wb.starting) return undefined;
    this.tried = true;
    this.goOn();
    await Promise.all(form.fields.map((field) => this.#tryPattern(field)));
    this.run = undefined;
    const wrong = form.fields.find((field) => this.problem(field) !== undefined);
    if (wrong) return wrong;
    this.tried = false;
    const args = argumentsOf(form, (field) => this.held(field), (field) => this.options(field));
    this.run = await this.wb.start({ ...this.#target(form.workflow), args });
    return undefined;
  }

  get isDone(): boolean {
    return gave(this.run?.status);
  }

  dispose(): void {
    clearTimeout(this.#readTimer);
    for (const name of [...this.#feeds.keys()]) this.#forget(name);
  }

  #plainProblem(field: FormField): string | undefined {
    const feed = this.feedOf(field);
    if (field.required && isEmpty(this.held(field)) && feed && feed.state !== 'gave') return feed.state === 'runs' ? 'Its options are not there yet.' : 'Its options are missing.';
    return problemOf(field, this.held(field), this.options(field), (path) => {
      const entry = this.wb.workspace.entries.get(path);
      return entry?.kind === 'file' ? { size: entry.size, mediaType: mediaTypeOf(path) } : undefined;
    });
  }

  async #tryPattern(field: FormField): Promise<void> {
    const text = this.held(field);
    const { pattern, message } = field.rules;
    if (pattern === undefined || typeof text !== 'string' || text === '' || this.#fits.get(field.name)?.text === text) return;
    const fit = await fits(pattern, text);
    const problem = { fits: undefined, not: message ?? 'This does not have the form that is asked for.', unknown: `The form’s pattern gave no answer within ${PATTERN_MS_MAX / 1000} s.` }[fit];
    this.#fits.set(field.name, { text, problem });
  }

  #valueOf(name: string): unknown {
    const field = this.form?.fields.find((one) => one.name === name);
    return field && this.value(field);
  }

  /** What a reference stands for, with what the person allowed for that; the engine says why where it is not clear. */
  #target(reference: string): { path: string } & Pick<RunOptions, 'allowNet' | 'allowTools'> {
    const [found, ...others] = meanings(reference, this.wb.flows);
    if (!found || others.length) return { path: reference };
    const path = referenceOf({ path: found.path, ...(found.entry ? { function: found.entry.function } : {}) });
    return { path, ...this.wb.forms.of(found.path).granted({ net: ['*'], tools: ['*'] }) };
  }

  /** Gives up what a data provider does for a field. */
  #forget(name: string): void {
    clearTimeout(this.#timers.get(name));
    const feed = this.#feeds.get(name);
    this.#feeds.delete(name);
    this.#asked.delete(name);
    if (feed?.state === 'runs' && feed.run !== undefined) void this.wb.kernel.call('flow_cancel', { run: feed.run });
  }

  async #ask(field: FormField, key: string, args: Record<string, unknown>): Promise<void> {
    const provider = field.provider!;
    const isWanted = (): boolean => this.#asked.get(field.name) === key;
    const told = (feed: Feed): void => {
      if (isWanted()) this.#feeds.set(field.name, feed);
    };
    // Nothing that it writes is kept, and it is granted no tool that changes something: to open a form changes nothing.
    const { path, allowNet = [] } = this.#target(provider.reference);
    const request = { path, allowNet, args, mode: 'dry-run' };
    const result = await runToEnd(this.wb, request, (run, progress) => {
      if (isWanted()) told({ state: 'runs', run, ...(progress ? { progress } : {}) });
      else void this.wb.kernel.call('flow_cancel', { run });
    });
    if ('error' in result) return told({ state: 'failed', error: result.error });
    const provided = providedOptions(provider, result.value);
    if ('problem' in provided) {
      const error = { code: 'INVALID_INPUT', message: provided.problem, hint: `A data provider returns a list of \`{"${provider.labelField}": …, "${provider.valueField}": …}\`.`, path: fileOf(request.path) };
      return told({ state: 'failed', error });
    }
    told({ state: 'gave', ...provided });
    // What was chosen may be gone, and what others depend on may have come.
    if (isWanted() && isChoice(field)) this.#keepChosen(field, provided.options);
    this.feed();
  }

  #keepChosen(field: FormField, options: readonly Option[]): void {
    const held = this.#held.get(field.name);
    if (held === undefined || typeof held === 'boolean') return;
    const keys = new Set(options.map(keyOf));
    if (typeof held === 'string') {
      if (!keys.has(held)) this.#held.delete(field.name);
    } else this.#held.set(field.name, held.filter((key) => keys.has(key)));
  }
}

/** Runs something and waits for its end. `told` hears its name, and how far it is. */
async function runToEnd(wb: Workbench, request: Record<string, unknown>, told: (run: string, progress?: RunProgress) => void): Promise<{ value: unknown } | { error: ToolError }> {
  let id: string | undefined;
  let over: () => void = () => undefined;
  const isOver = new Promise<void>((resolve) => (over = resolve));
  // News of the run may come before its name is known here.
  const early = new Map<string, Extract<KernelEvent, { kind: 'run' }>>();
  const hear = (event: Extract<KernelEvent, { kind: 'run' }>): void => {
    if (ended(event.status)) over();
    else if (event.progress) told(event.run, event.progress);
  };
  const stop = wb.kernel.subscribe((event) => {
    if (event.kind === 'failed') over();
    if (event.kind !== 'run') return;
    if (id === undefined) early.set(event.run, event);
    else if (event.run === id) hear(event);
  });
  try {
    const started = await wb.kernel.call('run_flow', { ...request, wait: false });
    if (!started.ok) return { error: started.error };
    id = (started.value as RunRecord).run;
    told(id);
    const news = early.get(id);
    if (news) hear(news);
    if (ended((started.value as RunRecord).status)) over();
    await isOver;
    const status = await wb.kernel.call('flow_status', { run: id });
    if (!status.ok) return { error: status.error };
    const record = status.value as RunRecord;
    if (record.error) return { error: record.error };
    return gave(record.status) ? { value: record.value } : { error: { code: 'CANCELLED', message: 'The run was cancelled.' } };
  } finally {
    stop();
  }
}

const forms = new WeakMap<Document, OpenForm>();

/** The form of a document. It outlives its view, which the layout may take away and bring back. */
export function openForm(wb: Workbench, document: Document): OpenForm {
  const known = forms.get(document);
  if (known) return known;
  const form = new OpenForm(wb, document);
  forms.set(document, form);
  return form;
}
