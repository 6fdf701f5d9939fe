// What a page says of the person in front of it: one JSON text a message, the same over every link.
//
// It comes from outside, so nothing of it is believed beyond what `decode` has checked. A name is not in it: that a link
// knows better than the one who speaks.

/** The length of a whole message. */
export const MESSAGE_CHARS_MAX = 8_000;
/** The longest path of the workspace has as many bytes. */
export const PATH_CHARS_MAX = 1_024;
/** How many tabs of one browser are told apart. */
export const TAB_MAX = 999;

/** A selection in a version of a text: `anchor` is where it began, `head` where the cursor is, as the editor counts. */
export interface Place {
  /** The hash of the content that both numbers are positions in. */
  version: string;
  anchor: number;
  head: number;
}

export type Message =
  | { kind: 'here'; id: string; tab: number; path: string | null; place: Place | null }
  /** Asks all others to say where they are. */
  | { kind: 'ask'; id: string }
  | { kind: 'gone'; id: string };

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const VERSION = /^[0-9a-f]{64}$/;

export const encode = (message: Message): string => JSON.stringify(message);

/** The message in a text, or nothing where it is none. */
export function decode(text: unknown): Message | undefined {
  if (typeof text !== 'string' || text.length > MESSAGE_CHARS_MAX) return undefined;
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(said) || typeof said['id'] !== 'string' || !ID.test(said['id'])) return undefined;
  const { kind, id, tab, path } = said;
  if (kind === 'ask' || kind === 'gone') return { kind, id };
  if (kind !== 'here' || !isCount(tab, TAB_MAX) || tab === 0) return undefined;
  if (path !== null && (typeof path !== 'string' || path.length > PATH_CHARS_MAX)) return undefined;
  const place = said['place'] === null ? null : placeOf(said['place']);
  return place === undefined ? undefined : { kind, id, tab, path, place };
}

function placeOf(said: unknown): Place | undefined {
  if (!isObject(said)) return undefined;
  const { version, anchor, head } = said;
  if (typeof version !== 'string' || !VERSION.test(version)) return undefined;
  return isCount(anchor) && isCount(head) ? { version, anchor, head } : undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown, max = Number.MAX_SAFE_INTEGER): value is number => Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= max;
