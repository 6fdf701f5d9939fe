// What is filled in in the Run panel, flow by flow, and the request it makes.

import { Allowances, type Allowance, type Allowed } from './allowances';
import { flowKey, type NamedFlow } from './flows';
import type { Remedy } from './remedy';
import { fieldsOf, heldAs, readEnv, readForm, readJson, readLimits, type Field } from './run-form';
import { fileOf, referenceOf, type Entry, type FlowEntry, type FlowSummary, type LimitName, type LintReport, type RunOptions, type RunRecord, type RunRequest } from './tools';
import { asksSecret, isKept, TypedForms } from './typed';

/** What is known of a flow: by lint, or, before that, by the list of flows. */
export type About = Pick<LintReport | FlowSummary, 'inputs' | 'entries'>;

/** What a person chose for the next run alone. */
export type Besides = Pick<Remedy, 'limits' | 'allow'>;

/** What makes a form that of a name in the manifest. */
export interface Naming {
  name: string;
  /** What the manifest says today. */
  manifest: () => NamedFlow | undefined;
}

/** One flow's form. A file with several functions has fields for each of them, and all else once. */
export class FlowForm {
  /** Its file, which may move. */
  path = $state.raw('');
  /** What tells that file from any other, wherever it is. */
  entryId: string | undefined;
  #chosen = $state<string | undefined>(undefined);
  #values = $state<Record<string, Record<string, unknown>>>({});
  /** The fields of which nothing is kept on this device. */
  #unkept = new Set<string>();
  /** The arguments of a flow that declares no inputs. */
  #json = $state<string | undefined>(undefined);
  env = $state('');
  /** What stands for a secret in the environment, and which one, as lines of `NAME=secret`. */
  secrets = $state('');
  limits = $state<Partial<Record<LimitName, string>>>({});
  seed = $state('');
  startMs = $state('');
  /** Problems are shown once a run was tried. */
  tried = $state(false);
  /** A run was just asked for and something is wrong: who shows the form goes there. */
  toMend = $state(false);

  constructor(
    path: string,
    readonly allowances: Allowances,
    readonly typed: TypedForms,
    readonly naming?: Naming,
  ) {
    this.path = path;
  }

  /** Is the form of the file with that id from now on, and shows what was typed for it on this device. */
  begin(entryId: string | undefined): void {
    this.entryId = entryId;
    const typed = this.typed.of(this.path, this.naming?.name);
    if (!typed) return;
    this.#chosen = typed.chosen;
    this.#values = structuredClone(typed.values);
    this.#json = typed.json;
  }

  /** Keeps what is filled in on this device, but for what those of the fields hold that may be secrets. */
  #keep(fields: readonly Pick<Field, 'id' | 'kind' | 'label'>[] = []): void {
    for (const field of fields) if (!isKept(field)) this.#unkept.add(field.id);
    const values = Object.entries($state.snapshot(this.#values)).map(([name, held]) => [name, Object.fromEntries(Object.entries(held).filter(([id]) => !this.#unkept.has(id) && !asksSecret(id)))]);
    this.typed.keep(this.path, { name: this.naming?.name, chosen: this.#chosen, values: Object.fromEntries(values), json: this.#json });
  }

  /** The function that was chosen, of a file that has several. */
  get chosen(): string | undefined {
    return this.#chosen;
  }

  set chosen(name: string | undefined) {
    this.#chosen = name;
    this.#keep();
  }

  /** What the person allowed: to the file, under whatever name it runs. */
  get allowed(): Allowed {
    return this.allowances.of(this.path);
  }

  /** What the manifest says, of a flow that it names. */
  get manifest(): NamedFlow | undefined {
    return this.naming?.manifest();
  }

  get json(): string {
    return this.#json ?? JSON.stringify(this.manifest?.args ?? {}, null, 2);
  }

  set json(text: string) {
    this.#json = text;
    this.#keep();
  }

  /** What the person allowed of what the flow wants. */
  granted(wanted: Partial<Record<Allowance, string[]>> | undefined): Required<Pick<RunOptions, 'allowNet' | 'allowTools'>> {
    const of = (kind: Allowance) => {
      const all = wanted?.[kind] ?? [];
      return this.allowed[kind].filter((one) => all.includes(one) || all.includes('*'));
    };
    return { allowNet: of('net'), allowTools: of('tools') };
  }

  /** The functions that can be run: of a named flow, the one that the manifest means, or none where it says itself what is taken. */
  entries(about: About | undefined): FlowEntry[] {
    const { manifest } = this;
    const all = about?.entries ?? [];
    if (!manifest) return all;
    if (manifest.inputs?.length) return [];
    const file = fileOf(manifest.entry);
    if (file === manifest.entry) return all.length === 1 ? all : [];
    return all.filter((one) => manifest.entry === `${file}::${one.function}`);
  }

  /** The function that is run: the chosen one as long as it is there, else the first workflow, else the first of all. */
  entry(about: About | undefined): FlowEntry | undefined {
    const entries = this.entries(about);
    return entries.find((one) => one.function === this.chosen) ?? entries.find((one) => one.kind === 'workflow') ?? entries[0];
  }

  fields(about: About | undefined): Field[] {
    const entry = this.entry(about);
    const { inputs, args = {} } = this.manifest ?? {};
    const fields = entry ? fieldsOf(entry) : inputs?.length ? inputs : (about?.inputs ?? []);
    return fields.map((one) => (Object.hasOwn(args, one.id) ? { ...one, default: args[one.id], optional: true } : one));
  }

  /** What is filled in, by the kinds of the fields. What is left as the manifest has it is the engine's to add. */
  #args(about: About | undefined): unknown {
    const { args = {} } = this.manifest ?? {};
    if (this.takesJson(about)) {
      const json = readJson(this.json);
      return this.naming && this.#json === undefined ? {} : 'value' in json ? json.value : {};
    }
    const values = this.values(this.entry(about));
    return readForm(this.fields(about).filter(({ id }) => Object.hasOwn(values, id) || !Object.hasOwn(args, id)), values).args;
  }

  /** What runs: the name, so that all of what the manifest says holds, or else the file or the function. */
  #what(of: Pick<RunRecord, 'path' | 'function'>): { name: string } | { path: string } {
    return this.naming ? { name: this.naming.name } : { path: referenceOf(of) };
  }

  /** What was filled in for a function, or for a flow that has none. */
  values(entry: FlowEntry | undefined): Readonly<Record<string, unknown>> {
    return this.#values[keyOf(entry)] ?? {};
  }

  set(entry: FlowEntry | undefined, field: Pick<Field, 'id' | 'kind' | 'label'>, value: unknown): void {
    (this.#values[keyOf(entry)] ??= {})[field.id] = value;
    this.#keep([field]);
  }

  /** Goes back to the defaults of all that is asked for now. Gives how to put back what was filled in, where something was. */
  reset(entry: FlowEntry | undefined): (() => void) | undefined {
    const { limits, env, secrets, seed, startMs } = this;
    const was = { values: this.values(entry), json: this.#json, besides: { limits, env, secrets, seed, startMs } };
    const fill = ({ values, json, besides }: typeof was): void => {
      this.#values[keyOf(entry)] = { ...values };
      this.#json = json;
      Object.assign(this, besides);
      this.#keep();
    };
    this.tried = false;
    fill({ values: {}, json: undefined, besides: { limits: {}, env: '', secrets: '', seed: '', startMs: '' } });
    const isFilled = [was.values, limits].some((one) => Object.keys(one).length) || [was.json, env, secrets, seed, startMs].some(Boolean);
    return isFilled ? () => fill(was) : undefined;
  }

  /** Fills the form as it was for a run of the past. */
  refill(record: RunRecord, about: About | undefined): void {
    this.#chosen = record.function;
    const args = typeof record.args === 'object' && record.args !== null && !Array.isArray(record.args) ? (record.args as Record<string, unknown>) : {};
    const fields = this.fields(about);
    this.#values[keyOf(this.entry(about))] = Object.fromEntries(
      fields
        .filter((input) => Object.hasOwn(args, input.id) && args[input.id] !== null)
        .map((input) => [input.id, heldAs(input, args[input.id])]),
    );
    // What is asked for field by field is kept field by field.
    if (this.takesJson(about)) this.#json = JSON.stringify(record.args ?? {}, null, 2);
    this.#keep(fields);
    this.seed = String(record.seed);
    this.startMs = record.startMs === undefined || record.startMs === null ? '' : String(record.startMs);
  }

  problems(about: About | undefined): Record<string, string> {
    const inputs = this.fields(about);
    const problems: Record<string, string> = readForm(inputs, this.values(this.entry(about))).problems;
    const json = readJson(this.json);
    if (this.takesJson(about) && 'problem' in json) problems['$json'] = json.problem;
    const env = readEnv(this.env);
    if (env.problem) problems['$env'] = env.problem;
    const secrets = readEnv(this.secrets);
    if (secrets.problem) problems['$secrets'] = secrets.problem;
    for (const [name, text] of Object.entries(readLimits(this.limits).problems)) problems[`$limit.${name}`] = text;
    if (this.seed !== '' && !/^\d{1,15}$/.test(this.seed)) problems['$seed'] = 'A whole number.';
    if (this.startMs !== '' && !/^\d{1,15}$/.test(this.startMs)) problems['$startMs'] = 'Milliseconds since 1970.';
    return problems;
  }

  /** Whether the arguments are written as JSON: nothing says what the flow takes. */
  takesJson(about: About | undefined): boolean {
    return this.entry(about) === undefined && this.fields(about).length === 0;
  }

  request(about: About | undefined, wanted: Partial<Record<Allowance, string[]>> | undefined, mode: 'run' | 'dry-run'): RunRequest {
    const entry = this.entry(about);
    const { env } = readEnv(this.env);
    const { env: secrets } = readEnv(this.secrets);
    const { limits } = readLimits(this.limits);
    return {
      ...this.#what({ path: this.path, ...(entry ? { function: entry.function } : {}) }),
      args: this.#args(about),
      ...this.granted(wanted),
      mode,
      ...(Object.keys(env).length ? { env } : {}),
      ...(Object.keys(secrets).length ? { secrets } : {}),
      ...(Object.keys(limits).length ? { limits } : {}),
      ...(this.seed === '' ? {} : { seed: Number(this.seed) }),
      ...(this.startMs === '' ? {} : { startMs: Number(this.startMs) }),
    };
  }

  /**
   * The request for what a record says: same arguments, same seed, same start of the clock. A record is a file that others may
   * have written, so what the run may have is what the person lets the flow have, and never what the record says.
   */
  again(record: RunRecord, wanted: Partial<Record<Allowance, string[]>> | undefined, { limits, allow }: Besides = {}): RunRequest {
    const { allowNet, allowTools } = this.granted(wanted);
    const chosen = (kind: Allowance, names: string[]) => (allow?.kind === kind ? [...new Set([...names, allow.name])] : names);
    return {
      ...this.#what(record),
      args: record.args,
      seed: record.seed,
      mode: record.dryRun ? 'dry-run' : 'run',
      allowNet: chosen('net', allowNet),
      allowTools: chosen('tools', allowTools),
      limits: { ...readLimits(this.limits).limits, ...limits },
      ...(record.startMs === undefined || record.startMs === null ? {} : { startMs: record.startMs }),
    };
  }
}

const keyOf = (entry: FlowEntry | undefined): string => entry?.function ?? '';

export class Forms {
  #forms = new Map<string, FlowForm>();
  readonly allowances: Allowances;
  /** What was typed on this device, into these forms and into those that are files. */
  readonly typed: TypedForms;

  /** `manifest` is what the manifest says of a name; `entries` are those of the workspace. */
  constructor(
    readonly manifest: (name: string) => NamedFlow | undefined,
    readonly entries: () => ReadonlyMap<string, Pick<Entry, 'path' | 'id'>>,
  ) {
    this.allowances = new Allowances(entries);
    this.typed = new TypedForms(entries);
  }

  /** The form of a file, or of a name that the manifest gives it. */
  of(path: string, name?: string): FlowForm {
    const known = this.#forms.get(formKey(path, name));
    if (known) return known;
    const form = new FlowForm(path, this.allowances, this.typed, name === undefined ? undefined : { name, manifest: () => this.manifest(name) });
    form.begin(this.entries().get(path)?.id);
    this.#forms.set(formKey(path, name), form);
    return form;
  }

  /** Has forms go with their files, which keep their ids when they move. Gives where each file went. */
  follow(): ReadonlyMap<string, string> {
    this.allowances.prune();
    this.typed.prune();
    const entries = this.entries();
    const moves = new Map<string, string>();
    for (const form of this.#forms.values()) {
      const there = entries.get(form.path);
      if (there?.id === form.entryId) continue;
      const gone = form.entryId === undefined ? undefined : [...entries.values()].find(({ id }) => id === form.entryId);
      if (gone) moves.set(form.path, gone.path);
      else if (there) form.begin(there.id);
    }
    if (moves.size === 0) return moves;
    const all = [...this.#forms.values()];
    // Whoever was asked about the new place before has a form without anything in it: what moves there takes its place.
    const moved = all.filter(({ path }) => moves.has(path));
    const stayed = all.filter(({ path }) => !moves.has(path));
    for (const form of moved) form.path = moves.get(form.path) ?? form.path;
    this.#forms = new Map([...stayed, ...moved].map((form) => [formKey(form.path, form.naming?.name), form]));
    return moves;
  }
}

const formKey = (path: string, name: string | undefined): string => (name === undefined ? path : flowKey({ path, name, named: true }));
