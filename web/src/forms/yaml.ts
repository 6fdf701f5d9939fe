// Forms in YAML 1.2, by its core schema: dates are texts, and a key stands once in a map.

import { isNode, LineCounter, parseDocument } from 'yaml';
import { Unreadable, type Path, type Place, type Source } from './source';

/** How many nodes aliases may stand for: a few lines of them can stand for billions. */
export const ALIASES_MAX = 100;

export function readYamlSource(text: string): Source {
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2', schema: 'core', logLevel: 'silent' });
  const [error] = document.errors;
  if (error) throw new Unreadable(`This is not YAML: ${error.message.replace(/\.?$/, '.')}`, placeAt(error.pos[0]));
  if (text.trim() === '') throw new Unreadable('The file is empty.', { line: 1, column: 1 });
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch {
    throw new Unreadable(`Its aliases stand for more than ${ALIASES_MAX} parts.`, { line: 1, column: 1 });
  }
  return { value, place: (path) => placeAt(startOf(path, (to) => document.getIn(to, true))) };
}

/** Where a part begins, or what is nearest around it. */
function startOf(path: Path, at: (path: Path) => unknown): number {
  for (let length = path.length; length >= 0; length--) {
    const node = at(path.slice(0, length));
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
