// The members of a JSON object as the texts that they were written as. What only Rust reads must not be read and written again
// on the way: JavaScript has no integers above 2^53, and writes -0 as 0.

/** The members of an object, by name. The text has to be JSON of an object: `JSON.parse` has taken it. */
export function members(text: string): Map<string, string> {
  const found = new Map<string, string>();
  let at = text.indexOf("{") + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return found;
    const colon = endOf(text, quote, ":");
    const end = endOf(text, colon + 1, ",}");
    found.set(JSON.parse(text.slice(quote, colon)) as string, text.slice(colon + 1, end).trim());
    if (text[end] !== ",") return found;
    at = end + 1;
  }
}

/** Where one of these characters comes next that is in no string and in nothing that is nested. */
function endOf(text: string, from: number, marks: string): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const char = text[at] as string;
    if (depth === 0 && marks.includes(char)) return at;
    if (char === '"') at = endOfString(text, at);
    else if (char === "{" || char === "[") depth += 1;
    else if (char === "}" || char === "]") depth -= 1;
  }
  return text.length;
}

function endOfString(text: string, quote: number): number {
  let at = text.indexOf('"', quote + 1);
  while (at >= 0 && isEscaped(text, at)) at = text.indexOf('"', at + 1);
  return at < 0 ? text.length : at;
}

/** Whether an odd number of backslashes stands before it. */
function isEscaped(text: string, at: number): boolean {
  let before = at;
  while (text[before - 1] === "\\") before -= 1;
  return (at - before) % 2 === 1;
}
