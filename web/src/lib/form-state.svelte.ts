// What is filled in in the Run panel, flow by flow, and the request it makes.

import type { Remedy } from './remedy';
import { fieldsOf, heldAs, readEnv, readForm, readJson, readLimits, type Field } from './run-form';
import { isStrings, recall, remember } from './settings';
import { referenceOf, type FlowEntry, type FlowSummary, type LimitName, type LintReport, type RunRecord, type RunRequest } from './tools';

/** What a person allows a flow besides its files. */
export type Allowance = 'net' | 'tools';
const ALLOWANCES: readonly Allowance[] = ['net', 'tools'];

/** What is known of a flow: by lint, or, before that, by the list of flows. */
export type About = Pick<LintReport | FlowSummary, 'inputs' | 'entries'>;

/** What a person chose for the next run alone. */
export type Besides = Pick<Remedy, 'limits' | 'allow'>;

/** One flow's form. A file with several functions has fields for each of them, and all else once. */
export class FlowForm {
  /** The function that was chosen, of a file that has several. */
  chosen = $state<string | undefined>(undefined);
  #values = $state<Record<string, Record<string, unknown>>>({});
  /** The arguments of a flow that declares no inputs. */
  json = $state('{}');
  env = $state('');
  /** What stands for a secret in the environment, and which one, as lines of `NAME=secret`. */
  secrets = $state('');
  limits = $state<Partial<Record<LimitName, string>>>({});
  seed = $state('');
  startMs = $state('');
  /** The domains that the person allowed for this flow, and the tools that change something, on this device. */
  allowed = $state<Record<Allowance, string[]>>({ net: [], tools: [] });
  /** Problems are shown once a run was tried. */
  tried = $state(false);

  constructor(readonly path: string) {
    for (const kind of ALLOWANCES) this.allowed[kind] = recall(`${kind}.${path}`, [], isStrings);
  }

  allow(kind: Allowance, name: string, yes: boolean): void {
    const others = this.allowed[kind].filter((one) => one !== name);
    this.allowed[kind] = yes ? [...others, name] : others;
    remember(`${kind}.${this.path}`, $state.snapshot(this.allowed[kind]));
  }

  /** What the person allowed of what the flow wants. */
  granted(wanted: Partial<Record<Allowance, string[]>> | undefined): Required<Pick<RunRequest, 'allowNet' | 'allowTools'>> {
    const of = (kind: Allowance) => {
      const all = wanted?.[kind] ?? [];
      return this.allowed[kind].filter((one) => all.includes(one) || all.includes('*'));
    };
    return { allowNet: of('net'), allowTools: of('tools') };
  }

  /** The function that is run: the chosen one as long as it is there, else the first workflow, else the first of all. */
  entry(about: About | undefined): FlowEntry | undefined {
    const entries = about?.entries ?? [];
    return entries.find((one) => one.function === this.chosen) ?? entries.find((one) => one.kind === 'workflow') ?? entries[0];
  }

  fields(about: About | undefined): Field[] {
    const entry = this.entry(about);
    return entry ? fieldsOf(entry) : (about?.inputs ?? []);
  }

  /** What was filled in for a function, or for a flow that has none. */
  values(entry: FlowEntry | undefined): Readonly<Record<string, unknown>> {
    return this.#values[keyOf(entry)] ?? {};
  }

  set(entry: FlowEntry | undefined, id: string, value: unknown): void {
    (this.#values[keyOf(entry)] ??= {})[id] = value;
  }

  /** Fills the form as it was for a run of the past. */
  refill(record: RunRecord, about: About | undefined): void {
    this.chosen = record.function;
    const args = typeof record.args === 'object' && record.args !== null && !Array.isArray(record.args) ? (record.args as Record<string, unknown>) : {};
    this.#values[keyOf(this.entry(about))] = Object.fromEntries(
      this.fields(about)
        .filter((input) => Object.hasOwn(args, input.id) && args[input.id] !== null)
        .map((input) => [input.id, heldAs(input, args[input.id])]),
    );
    this.json = JSON.stringify(record.args ?? {}, null, 2);
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
    const json = readJson(this.json);
    const { env } = readEnv(this.env);
    const { env: secrets } = readEnv(this.secrets);
    const { limits } = readLimits(this.limits);
    return {
      path: referenceOf({ path: this.path, ...(entry ? { function: entry.function } : {}) }),
      args: !this.takesJson(about) ? readForm(this.fields(about), this.values(entry)).args : 'value' in json ? json.value : {},
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
      path: referenceOf(record),
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

  of(path: string): FlowForm {
    const known = this.#forms.get(path);
    if (known) return known;
    const form = new FlowForm(path);
    this.#forms.set(path, form);
    return form;
  }
}
