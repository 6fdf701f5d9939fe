// Texts of others, shown so that nothing in them is hidden: characters that can't be seen, or that have a line read as another one,
// stand there by their numbers, `U+202E`, as in the terminal (`crates/cli/src/openly.rs` has the same set). So does a `U` that would
// read as the beginning of such a number: whoever has a page read aloud hears no colours.

export interface Shown {
  text: string;
  /** It is the number of a character that can't be seen, that changes how others are seen, or that would make a number seem to be one. */
  odd: boolean;
}

/** Controls but the tab, marks that turn the direction of text, spaces of no width, and those that look like others. */
const ODD = /[\u0000-\u0008\u000a-\u001f\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\uffff]|[\u{e0000}-\u{e0fff}]|[\ud800-\udfff]|U(?=\+[\da-fA-F]{4})/gu;

/** A text in pieces in which nothing is hidden. Of a text of several lines, line ends are what they are. */
export function openly(text: string, lines = false): Shown[] {
  const found: Shown[] = [];
  let from = 0;
  for (const match of text.matchAll(ODD)) {
    if (lines && match[0] === '\n') continue;
    if (match.index > from) found.push({ text: text.slice(from, match.index), odd: false });
    found.push({ text: `U+${(match[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`, odd: true });
    from = match.index + match[0].length;
  }
  if (from < text.length || found.length === 0) found.push({ text: text.slice(from), odd: false });
  return found;
}
