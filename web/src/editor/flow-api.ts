// The flow API as completion sees it. The value comes from the typings at build time.

import type { Given } from './flow-entries';

export interface ApiMember {
  name: string;
  kind: 'method' | 'property' | 'function' | 'variable' | 'class';
  /** The signature or the type, as written. */
  detail: string;
  doc?: string;
  /** The type whose members come after a dot. */
  type?: string;
}

export interface FlowApi {
  globals: ApiMember[];
  types: Record<string, ApiMember[]>;
  extends?: Record<string, string>;
}

/**
 * The members that a chain of names leads to: `[]` the globals, `['flow', 'fs']` those of `flow.fs`. `given` is what its first name
 * stands for, where a function's parameter says so.
 */
export function membersOf(api: FlowApi, chain: readonly string[], given?: Given): ApiMember[] {
  const [head, ...rest] = chain;
  if (head === undefined) return api.globals;
  const global = api.globals.find((one) => one.name === head);
  let type = given?.type ?? global?.type ?? parameterType(api, head);
  for (const name of [...(given?.path ?? []), ...rest]) {
    if (type === undefined) return [];
    type = ofType(api, type).find((one) => one.name === name)?.type;
  }
  return type === undefined ? [] : ofType(api, type);
}

function ofType(api: FlowApi, type: string): ApiMember[] {
  const own = api.types[type] ?? [];
  const parent = api.extends?.[type];
  return parent && parent !== type ? [...own, ...ofType(api, parent).filter((one) => !own.some((mine) => mine.name === one.name))] : own;
}

/** Flows get `flow`, `services` and `setup` as parameters; the type has the name of the parameter. */
function parameterType(api: FlowApi, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return Object.keys(api.types).find((type) => type.toLowerCase() === wanted) ?? Object.keys(api.types).find((type) => type.toLowerCase() === `flow${wanted}`);
}
