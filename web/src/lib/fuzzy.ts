// Matching as people type: letters in order, better where they start words or stand together.

export interface Match {
  score: number;
  /** The positions that matched, for showing them. */
  at: number[];
}

export function fuzzy(text: string, query: string): Match | undefined {
  const wanted = query.toLowerCase().replace(/\s+/g, '');
  const lower = text.toLowerCase();
  if (wanted === '') return { score: 0, at: [] };
  const direct = lower.indexOf(query.toLowerCase().trim());
  if (direct >= 0) {
    const starts = direct === 0 || isStart(text, direct);
    return { score: 1000 + (starts ? 200 : 0) - direct - text.length / 100, at: Array.from({ length: query.trim().length }, (_, index) => direct + index) };
  }
  const at: number[] = [];
  let score = 0;
  let from = 0;
  for (const letter of wanted) {
    // A place where a word starts is worth a look further on.
    let place = -1;
    for (let index = lower.indexOf(letter, from); index >= 0; index = lower.indexOf(letter, index + 1)) {
      if (place < 0) place = index;
      if (isStart(text, index)) {
        place = index;
        break;
      }
      if (index - from > 24) break;
    }
    if (place < 0) return undefined;
    score += isStart(text, place) ? 20 : place === from && at.length ? 10 : 1;
    at.push(place);
    from = place + 1;
  }
  return { score: score - text.length / 100, at };
}

const isStart = (text: string, index: number): boolean => index === 0 || /[^\p{L}\p{N}]/u.test(text[index - 1] ?? '') || (/\p{Lu}/u.test(text[index] ?? '') && /\p{Ll}/u.test(text[index - 1] ?? ''));

/** The best matches of a list, best first; equal ones keep their order. */
export function best<T>(items: readonly T[], query: string, text: (item: T) => string, limit: number): { item: T; match: Match }[] {
  return items
    .flatMap((item) => {
      const match = fuzzy(text(item), query);
      return match ? [{ item, match }] : [];
    })
    .sort((a, b) => b.match.score - a.match.score)
    .slice(0, limit);
}
