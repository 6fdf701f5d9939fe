// Flow values as they travel in JSON. Plain JSON stands for itself; everything else is an object
// with its own key `$type`. Here they become something the page can show.

export type Shown =
  | { kind: 'null' }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'string'; value: string }
  | { kind: 'number'; text: string }
  | { kind: 'other'; type: string; text: string }
  | { kind: 'bytes'; base64: string; size: number }
  | { kind: 'list'; type: 'array' | 'set'; items: unknown[] }
  | { kind: 'entries'; type: 'object' | 'map' | 'error'; items: [key: string, value: unknown][] };

/** What a JSON value stands for. Something tagged that this page does not know is shown as it is. */
export function shown(value: unknown): Shown {
  if (value === null || value === undefined) return { kind: 'null' };
  if (typeof value === 'boolean') return { kind: 'boolean', value };
  if (typeof value === 'string') return { kind: 'string', value };
  if (typeof value === 'number') return { kind: 'number', text: String(value) };
  if (Array.isArray(value)) return { kind: 'list', type: 'array', items: value };
  const object = value as Record<string, unknown>;
  if (typeof object['$type'] === 'string' && Object.hasOwn(object, '$type')) {
    const tagged = showTagged(object['$type'], object['value']);
    if (tagged) return tagged;
  }
  return { kind: 'entries', type: 'object', items: Object.entries(object) };
}

function showTagged(type: string, value: unknown): Shown | undefined {
  switch (type) {
    case 'undefined':
      return { kind: 'other', type, text: 'undefined' };
    case 'bigint':
      return { kind: 'number', text: `${String(value)}n` };
    case 'number':
      return { kind: 'number', text: String(value) };
    case 'date':
      return { kind: 'other', type, text: value === null ? 'Invalid Date' : String(value) };
    case 'bytes':
      return typeof value === 'string' ? { kind: 'bytes', base64: value, size: base64Size(value) } : undefined;
    case 'set':
      return Array.isArray(value) ? { kind: 'list', type: 'set', items: value } : undefined;
    case 'map':
      return Array.isArray(value)
        ? { kind: 'entries', type: 'map', items: value.map((pair: [unknown, unknown]) => [summary(pair[0]), pair[1]]) }
        : undefined;
    case 'error':
    case 'object':
      return isObject(value) ? { kind: 'entries', type, items: Object.entries(value) } : undefined;
    case 'regexp':
      return isObject(value) ? { kind: 'other', type, text: `/${String(value['source'])}/${String(value['flags'])}` } : undefined;
    default:
      return undefined;
  }
}

/** A value in one line, for closed branches of a tree and for table cells. */
export function summary(value: unknown, lengthMax = 80): string {
  const one = shown(value);
  const text = (() => {
    switch (one.kind) {
      case 'null':
        return 'null';
      case 'boolean':
        return String(one.value);
      case 'string':
        return one.value;
      case 'number':
      case 'other':
        return one.text;
      case 'bytes':
        return `${one.size} bytes`;
      case 'list':
        return `${one.type === 'set' ? 'Set' : 'Array'}(${one.items.length})`;
      case 'entries':
        return one.type === 'object' ? `{${one.items.slice(0, lengthMax).map(([key]) => key).join(', ')}}` : `${one.type === 'map' ? 'Map' : 'Error'}(${one.items.length})`;
    }
  })();
  return text.length > lengthMax ? `${text.slice(0, lengthMax - 1)}…` : text;
}

export interface Table {
  columns: string[];
  rows: unknown[][];
}

/** A list of plain objects as a table; nothing where a table would hide more than it shows. */
export function asTable(value: unknown, columnsMax = 40, rowsMax = 20_000): Table | undefined {
  const list = shown(value);
  if (list.kind !== 'list' || list.items.length === 0 || list.items.length > rowsMax) return undefined;
  const columns: string[] = [];
  const seen = new Set<string>();
  const objects: Map<string, unknown>[] = [];
  for (const item of list.items) {
    const one = shown(item);
    if (one.kind !== 'entries' || one.type !== 'object') return undefined;
    objects.push(new Map(one.items));
    for (const [key] of one.items)
      if (!seen.has(key)) {
        seen.add(key);
        columns.push(key);
      }
  }
  if (columns.length === 0 || columns.length > columnsMax) return undefined;
  return { columns, rows: objects.map((object) => columns.map((column) => object.get(column))) };
}

/** Whether two values are the same JSON. */
export const sameValue = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Orders two cells: numbers by size, everything else as text, missing cells last. */
export function compareCells(a: unknown, b: unknown): number {
  if (a === undefined || a === null) return b === undefined || b === null ? 0 : 1;
  if (b === undefined || b === null) return -1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return summary(a, Infinity).localeCompare(summary(b, Infinity), undefined, { numeric: true });
}

/** The media type of image bytes by their first bytes, or nothing. */
export function imageTypeOf(bytes: Uint8Array): string | undefined {
  const head = (...wanted: number[]) => wanted.every((byte, at) => bytes[at] === byte);
  if (head(0x89, 0x50, 0x4e, 0x47)) return 'image/png';
  if (head(0xff, 0xd8, 0xff)) return 'image/jpeg';
  if (head(0x47, 0x49, 0x46, 0x38)) return 'image/gif';
  if (head(0x52, 0x49, 0x46, 0x46) && bytes[8] === 0x57 && bytes[9] === 0x45) return 'image/webp';
  return undefined;
}

/** Whether a text reads like Markdown rather than like a sentence. */
export function looksLikeMarkdown(text: string): boolean {
  return text.includes('\n') && /^(#{1,6} |[-*] |\d+\. |\|.+\||```|> )/m.test(text);
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function base64Size(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return (text.length / 4) * 3 - padding;
}
