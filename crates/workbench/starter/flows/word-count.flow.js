// Counts the words of a text: a plain script, whose last expression is the result.

const text = String(flow.args.text ?? "The quick brown fox jumps over the lazy dog. The dog sleeps; the fox does not.");

const words = text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’][\p{L}]+)*/gu) ?? [];
const counts = new Map();
for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);

const frequent = [...counts]
  .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
  .slice(0, 10)
  .map(([word, count]) => ({ word, count }));

({ characters: [...text].length, words: words.length, different: counts.size, frequent });
