// The table of errors in `tests/errors/cases.json`: what each code looks like from outside.

import { readFileSync } from 'node:fs';

const FILE = new URL('../../errors/cases.json', import.meta.url);

/** The cases; every `{"$repeat": [text, times]}` in them is still as it is written. */
export const readCases = () => JSON.parse(readFileSync(FILE, 'utf8')).cases;

/** Every code of the contract, from the enum that is the list. */
export function allCodes() {
  const source = readFileSync(new URL('../../../crates/tool/src/error.rs', import.meta.url), 'utf8');
  return [...source.matchAll(/^\s+\w+ = "([A-Z_]+)",$/gm)].map(([, code]) => code);
}
