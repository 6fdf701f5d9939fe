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

/** Hints are for whoever called, which may be an agent: what of them speaks of persons, or of a call, and what it is to a person. */
const TO_PERSONS: readonly (readonly [said: RegExp, told: string])[] = [
  [/^Propose something else, or ask the person\.$/, 'Change what it does, or run it again to be asked again.'],
  [/A person changes (`[^`]+`), or does it\.$/, 'Change $1, or do it yourself.'],
  [/A person has runs run elsewhere, or changes (`[^`]+`)\.$/, 'Have runs run elsewhere, or change $1.'],
  [/A person changes (`[^`]+`)\.$/, 'Change $1.'],
  [/^A person mends the file,/, 'Mend the file,'],
  [/^A person decides about/, 'Decide about'],
  [/^Run it with `allow(?:Net|Tools): \["([^"]+)"\]`\.$/, 'Allow `$1` in the Run panel.'],
  [/^Run the flow with `mode: "run"`\.$/, 'Press Run in place of Dry run.'],
];

/** A hint as a person reads it. */
export const hintFor = (hint: string): string => TO_PERSONS.reduce((told, [said, words]) => told.replace(said, words), hint);
