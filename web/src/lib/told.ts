// Sentences of the engine: what stands between backticks is code.

export interface Piece {
  text: string;
  code: boolean;
}

/** A sentence in pieces. A backtick without a partner stands for itself. */
export function pieces(sentence: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of sentence.matchAll(/`([^`]+)`/g)) {
    if (match.index > from) found.push({ text: sentence.slice(from, match.index), code: false });
    found.push({ text: match[1] ?? '', code: true });
    from = match.index + match[0].length;
  }
  if (from < sentence.length) found.push({ text: sentence.slice(from), code: false });
  return found;
}
