// Completion in flows, from the typings of the flow API.

import { javascriptLanguage, localCompletionSource, snippets } from '@codemirror/lang-javascript';
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { completeFromList } from '@codemirror/autocomplete';
import { syntaxTree } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import api from 'virtual:flow-api';
import { membersOf, type ApiMember } from './flow-api';
import { givenAs } from './flow-entries';

const NOT_CODE = new Set(['String', 'TemplateString', 'LineComment', 'BlockComment', 'RegExp', 'PropertyDefinition']);

export const flowCompletions: Extension = [
  javascriptLanguage.data.of({ autocomplete: completeApi }),
  javascriptLanguage.data.of({ autocomplete: localCompletionSource }),
  javascriptLanguage.data.of({ autocomplete: completeFromList(snippets) }),
];

export function completeApi(context: CompletionContext): CompletionResult | null {
  const inside = syntaxTree(context.state).resolveInner(context.pos, -1);
  if (NOT_CODE.has(inside.name)) return null;
  const written = context.matchBefore(/(?:[\w$]+\s*\??\.\s*)*[\w$]*/);
  if (!written) return null;
  const parts = written.text.split(/\s*\??\.\s*/);
  const last = parts.pop() ?? '';
  if (parts.length === 0 && last === '' && !context.explicit) return null;
  const given = parts[0] === undefined ? undefined : givenAs(context.state, context.pos, parts[0]);
  const options = membersOf(api, parts, given).map((member) => toCompletion(member, parts.length > 0));
  return options.length ? { from: context.pos - last.length, options, validFor: /^[\w$]*$/ } : null;
}

function toCompletion(member: ApiMember, boosted: boolean): Completion {
  return {
    label: member.name,
    type: member.kind,
    ...(member.detail ? { detail: shortened(member.detail) } : {}),
    ...(member.doc || member.detail.length > 48 ? { info: [`${member.name}${member.detail.startsWith('(') ? '' : ': '}${member.detail}`, member.doc].filter(Boolean).join('\n\n') } : {}),
    boost: boosted ? 2 : 1,
  };
}

const shortened = (detail: string): string => (detail.length > 48 ? `${detail.slice(0, 47)}…` : detail);
