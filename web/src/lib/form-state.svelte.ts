// What is filled in in the Run panel, flow by flow, and the request it makes.

import { readEnv, readForm, readJson, readLimits } from './run-form';
import { isStrings, recall, remember } from './settings';
import type { InputSpec, LimitName, RunRecord, RunRequest } from './tools';

/** One flow's form. */
export class FlowForm {
  values = $state<Record<string, unknown>>({});
  /** The arguments of a flow that declares no inputs. */
  json = $state('{}');
  env = $state('');
  limits = $state<Partial<Record<LimitName, string>>>({});
  seed = $state('');
  startMs = $state('');
  /** The domains that the person allowed for this flow, on this device. */
  allowed = $state<string[]>([]);
  /** Problems are shown once a run was tried. */
  tried = $state(false);

  constructor(readonly path: string) {
    this.allowed = recall(`net.${path}`, [], isStrings);
  }

  allow(domain: string, yes: boolean): void {
    this.allowed = yes ? [...new Set([...this.allowed, domain])] : this.allowed.filter((one) => one !== domain);
    remember(`net.${this.path}`, $state.snapshot(this.allowed));
  }

  /** Fills the form as it was for a run of the past. */
  refill(record: RunRecord, inputs: InputSpec[]): void {
    const args = typeof record.args === 'object' && record.args !== null && !Array.isArray(record.args) ? (record.args as Record<string, unknown>) : {};
    this.values = Object.fromEntries(
      inputs.filter((input) => input.id in args).map((input) => [input.id, input.kind === 'json' ? JSON.stringify(args[input.id], null, 2) : args[input.id]]),
    );
    this.json = JSON.stringify(record.args ?? {}, null, 2);
    this.seed = String(record.seed);
    this.startMs = record.startMs === undefined || record.startMs === null ? '' : String(record.startMs);
  }

  problems(inputs: InputSpec[]): Record<string, string> {
    const problems: Record<string, string> = inputs.length ? readForm(inputs, this.values).problems : {};
    const json = readJson(this.json);
    if (inputs.length === 0 && 'problem' in json) problems['$json'] = json.problem;
    const env = readEnv(this.env);
    if (env.problem) problems['$env'] = env.problem;
    for (const [name, text] of Object.entries(readLimits(this.limits).problems)) problems[`$limit.${name}`] = text;
    if (this.seed !== '' && !/^\d{1,15}$/.test(this.seed)) problems['$seed'] = 'A whole number.';
    if (this.startMs !== '' && !/^\d{1,15}$/.test(this.startMs)) problems['$startMs'] = 'Milliseconds since 1970.';
    return problems;
  }

  request(inputs: InputSpec[], domains: string[], mode: 'run' | 'dry-run'): RunRequest {
    const json = readJson(this.json);
    const { env } = readEnv(this.env);
    const { limits } = readLimits(this.limits);
    return {
      path: this.path,
      args: inputs.length ? readForm(inputs, this.values).args : 'value' in json ? json.value : {},
      allowNet: domains.filter((domain) => this.allowed.includes(domain)),
      mode,
      ...(Object.keys(env).length ? { env } : {}),
      ...(Object.keys(limits).length ? { limits } : {}),
      ...(this.seed === '' ? {} : { seed: Number(this.seed) }),
      ...(this.startMs === '' ? {} : { startMs: Number(this.startMs) }),
    };
  }
}

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
