// Completion in manifests: keys and values from their schemas, names of tools, and what can be run.

import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { EditorState, type Extension } from '@codemirror/state';
import schemas from '../../../../crates/tool/src/catalogue/manifests.json';
import { catalogue } from '../../lib/catalogue';
import { workspaceNames } from '../names';
import { referencesOf } from '../references';
import { jsonPlace } from './json-place';
import { keysAt, valuesAt, type Path, type Schema } from './schema';
import { yamlPlace } from './yaml-place';

const BY_PATH = schemas as unknown as Record<string, Schema>;
const BARE = /^[\w][\w./-]*$/;

export function manifestCompletions(path: string): Extension {
  const schema = BY_PATH[path];
  if (!schema) return [];
  const complete = path.endsWith('.json') ? completeJson : completeYaml;
  // The editor knows a source that is still at work by its identity.
  const data = [{ autocomplete: (context: CompletionContext) => complete(schema, context) }];
  return EditorState.languageData.of(() => data);
}

export async function completeYaml(schema: Schema, context: CompletionContext): Promise<CompletionResult | null> {
  const line = context.state.doc.lineAt(context.pos);
  const lines = context.state.doc.toString().split('\n');
  const place = yamlPlace(lines, line.number - 1, context.pos - line.from);
  if (!place) return null;
  const from = line.from + place.from;
  // Nothing is offered in an empty place before somebody asks, but for a value that can be one of a few.
  if (from === context.pos && !context.explicit && place.kind !== 'value') return null;
  const quoted = /["']/.test(line.text[place.from - 1] ?? '');
  const next = context.state.sliceDoc(context.pos, context.pos + 1);
  const keys = place.kind === 'value' ? [] : keysOf(schema, place.path, place.taken).map((key) => ({ ...key, apply: next === ':' ? key.label : key.nests && !place.flow ? `${key.label}:` : `${key.label}: ` }));
  const values = place.kind === 'key' ? [] : (await valuesOf(schema, place.path, context)).map((value) => ({ ...value, apply: quoted || BARE.test(value.label) ? value.label : JSON.stringify(value.label) }));
  const options = [...keys, ...values];
  return options.length ? { from, options, validFor: /^[\w./*-]*$/ } : null;
}

export async function completeJson(schema: Schema, context: CompletionContext): Promise<CompletionResult | null> {
  const place = jsonPlace(context.state, context.pos);
  if (!place || (place.from === context.pos && !context.explicit && !place.quoted)) return null;
  const written = (label: string, after: string): string => (place.quoted ? label : `${JSON.stringify(label)}${after}`);
  const options =
    place.kind === 'key'
      ? keysOf(schema, place.path, place.taken).map((key) => ({ ...key, apply: written(key.label, ': ') }))
      : (await valuesOf(schema, place.path, context)).map((value) => ({ ...value, apply: /^(?:true|false|\d+)$/.test(value.label) && !place.quoted ? value.label : written(value.label, '') }));
  return options.length ? { from: place.from, to: place.to, options, validFor: /^[\w./*-]*$/ } : null;
}

function keysOf(schema: Schema, path: Path, taken: readonly string[]): (Completion & { nests: boolean })[] {
  return keysAt(schema, path)
    .filter(({ name }) => !taken.includes(name))
    .map(({ name, description, required, nests }) => ({ label: name, type: 'property', nests, boost: required ? 1 : 0, ...(required ? { detail: 'needed' } : {}), ...(description ? { info: description } : {}) }));
}

async function valuesOf(schema: Schema, path: Path, context: CompletionContext): Promise<Completion[]> {
  const key = path.findLast((part) => typeof part === 'string');
  if (key === 'tools' && typeof path.at(-1) === 'number') return (await catalogue()).map(({ name, description }) => ({ label: name, type: 'function', info: description }));
  const flows = context.state.facet(workspaceNames)?.flows() ?? [];
  if (key === 'entry' && path[0] === 'flows') return referencesOf(flows, false);
  if (key === 'path' && path[0] === 'flows') return flows.map(({ path, title }) => ({ label: path, type: 'text', ...(title ? { detail: title } : {}) }));
  if (key === 'callers') return [{ label: 'person', type: 'text', info: 'Persons who run it here.' }];
  if (key === 'environments') return ['browser', 'native'].map((label) => ({ label, type: 'text' }));
  if (key === 'executors') return ['browser', 'native', 'remote:*'].map((label) => ({ label, type: 'text' }));
  return valuesAt(schema, path).map(({ value, description }) => ({ label: value, type: 'enum', ...(description ? { info: description } : {}) }));
}
