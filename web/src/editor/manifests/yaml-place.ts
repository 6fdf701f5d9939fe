// Where in a YAML document a place is, while it is being typed: by columns, as a text that is half written has no tree.

import type { Path } from './schema';

export interface Place {
  /** The path of the map whose key, or of the value, that stands at the place. */
  path: Path;
  /** `either`: what has no colon yet may become a key, or be an item of a list. */
  kind: 'key' | 'value' | 'either';
  /** The column, from 0, at which what is typed begins. */
  from: number;
  /** The keys that the map has already. */
  taken: string[];
  /** Inside brackets, where no line ends. */
  flow: boolean;
}

/** What begins at columns of a line: dashes of lists, and the key after them. */
interface Mark {
  column: number;
  key?: string;
}

const KEY = /^(?:"([^"]*)"|'([^']*)'|([^\s"'#:[\]{},-][^:#[\]{},]*?))\s*:(?=\s|$)/;

/** The marks of a line, the column of what follows them, and that itself without a comment. */
function read(line: string): { marks: Mark[]; column: number; rest: string } {
  const marks: Mark[] = [];
  let column = /^ */.exec(line)?.[0].length ?? 0;
  for (let dash; (dash = /^-(?: +|$)/.exec(line.slice(column))); column += dash[0].length) marks.push({ column });
  const rest = line.slice(column);
  const key = KEY.exec(rest);
  if (key) marks.push({ column, key: key[1] ?? key[2] ?? key[3] ?? '' });
  return { marks, column, rest };
}

const isBlank = (line: string): boolean => /^\s*(?:#|$)/.test(line);

/** Where the place at a column of a line is; nothing inside of a comment or a text that was begun before. */
export function yamlPlace(lines: readonly string[], at: number, column: number): Place | undefined {
  const before = (lines[at] ?? '').slice(0, column);
  if (/(?:^|\s)#/.test(before.replace(/"[^"]*"|'[^']*'/g, ''))) return undefined;
  const { marks, column: start, rest } = read(before);
  const key = marks.at(-1)?.key;
  const above = around(lines, at, start, marks);
  if (key === undefined && /^[^[\]{}:]*$/.test(rest)) return { ...above, kind: rest === '' || !/^["']/.test(rest) ? 'either' : 'value', from: start + (/^["']/.exec(rest)?.[0].length ?? 0), flow: false };
  const value = /^(?:"[^"]*"|'[^']*'|[^:]*?)\s*:\s+/.exec(rest)?.[0].length ?? (key === undefined ? 0 : rest.length);
  const path = key === undefined ? above.path : [...above.path, key];
  const typed = rest.slice(value);
  if (/^[[{]/.test(typed)) return inFlow(path, typed, start + value);
  return key === undefined ? undefined : { path, kind: 'value', from: start + value + (/^["']/.exec(typed)?.[0].length ?? 0), taken: [], flow: false };
}

/** The path of the map or list that a line with content at a column belongs to, and the keys of it. */
function around(lines: readonly string[], at: number, start: number, marks: readonly Mark[]): { path: (string | number)[]; taken: string[] } {
  const path: (string | number)[] = [];
  const taken: string[] = [];
  let column = start;
  // A list may stand in the column of its key.
  let isList = false;
  const climb = (of: readonly Mark[]): void => {
    for (const mark of of.toReversed()) {
      if (mark.key === undefined ? mark.column < column && !isList : mark.column < column || (isList && mark.column === column)) {
        path.unshift(mark.key ?? 0);
        column = mark.column;
        isList = mark.key === undefined;
      } else if (mark.key !== undefined && mark.column === column && path.length === 0) taken.push(mark.key);
    }
  };
  climb(marks.filter((mark) => mark.column < start));
  for (let up = at - 1; up >= 0; up--) if (!isBlank(lines[up] ?? '')) climb(read(lines[up] ?? '').marks);
  for (let down = at + 1; down < lines.length; down++) {
    const line = lines[down] ?? '';
    if (isBlank(line)) continue;
    const { marks: own } = read(line);
    const first = own[0]?.column ?? (/^ */.exec(line)?.[0].length ?? 0);
    if (first < start) break;
    for (const mark of own) if (mark.key !== undefined && mark.column === start) taken.push(mark.key);
  }
  return { path, taken };
}

/** A place inside brackets that begin on its line. */
function inFlow(path: Path, text: string, offset: number): Place | undefined {
  const stack: { list: boolean; key?: string | undefined; keys: string[] }[] = [];
  let token = '';
  let from = offset;
  for (let index = 0; index < text.length; index++) {
    const sign = text[index] ?? '';
    const top = stack.at(-1);
    if (sign === '"' || sign === "'") {
      const end = text.indexOf(sign, index + 1);
      from = offset + index + 1;
      token = text.slice(index + 1, end < 0 ? text.length : end);
      if (end < 0) break;
      index = end;
    } else if ('[{,]}'.includes(sign) || (sign === ':' && /\s/.test(text[index + 1] ?? ' '))) {
      if (sign === '[' || sign === '{') stack.push({ list: sign === '[', keys: [] });
      else if (sign === ']' || sign === '}') stack.pop();
      else if (sign === ',' && top) top.key = undefined;
      else if (top && !top.list) top.keys.push((top.key = token.trim()));
      token = '';
      from = offset + index + 1;
    } else {
      if (token === '' && sign === ' ') from = offset + index + 1;
      token += token === '' && sign === ' ' ? '' : sign;
    }
  }
  const top = stack.at(-1);
  if (!top) return undefined;
  const inside = stack.flatMap(({ list, key }): (string | number)[] => (list ? [0] : key === undefined ? [] : [key]));
  return { path: [...path, ...inside], kind: top.list || top.key !== undefined ? 'value' : 'key', from, taken: top.keys, flow: true };
}
