// A line that holds what was searched for, in pieces: what matched, and what stands around it.

export interface LinePiece {
  text: string;
  match: boolean;
}

/** How much of a line is kept before its first match, so that the match is in sight. */
const BEFORE_CHARS_MAX = 40;

/** Every place of `query` in a line, without regard to case. */
export function marked(line: string, query: string): LinePiece[] {
  const text = line.trim();
  const lower = text.toLowerCase();
  const wanted = query.toLowerCase();
  // Letters that change their length with their case would shift every place behind them.
  if (wanted === '' || lower.length !== text.length) return [{ text, match: false }];
  const found: LinePiece[] = [];
  let from = 0;
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    if (at > from) found.push({ text: text.slice(from, at), match: false });
    found.push({ text: text.slice(at, at + wanted.length), match: true });
    from = at + wanted.length;
  }
  if (from < text.length) found.push({ text: text.slice(from), match: false });
  const [first] = found;
  if (first && !first.match && found.length > 1 && first.text.length > BEFORE_CHARS_MAX) first.text = `…${first.text.slice(-BEFORE_CHARS_MAX)}`;
  return found;
}
