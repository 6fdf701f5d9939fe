// The corpus of hostile programs in `tests/hostile`, and what their first lines say about them.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './server.mjs';

const FOLDER = join(root, 'tests/hostile');
const ENDING = '.flow.js';
const NATIVE = join(root, 'target/hostile-native.json');

/** Every program: `{ name, path, text, expect, limits, args, grant, files, value }`. */
export function hostilePrograms() {
  const limits = JSON.parse(readFileSync(join(FOLDER, 'limits.json'), 'utf8'));
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(ENDING)).sort();
  return names.map((file) => program(file, limits));
}

function program(file, limits) {
  const text = readFileSync(join(FOLDER, file), 'utf8');
  const headers = {};
  for (const line of text.split('\n')) {
    const found = /^\/\/ (\w+): (.*)$/.exec(line);
    if (!found) break;
    headers[found[1]] = found[2];
  }
  const json = (key, otherwise) => (key in headers ? JSON.parse(headers[key]) : otherwise);
  const expect = headers.expect.split('|');
  return {
    name: file.slice(0, -ENDING.length),
    path: `hostile/${file}`,
    text: generated(text, json('generate')),
    expect,
    limits: { ...limits, ...json('limits', {}) },
    args: json('args', {}),
    grant: json('grant'),
    files: json('files', {}),
    value: json('value'),
    timed: expect.includes('QUOTA_CPU') || expect.includes('QUOTA_WALL'),
  };
}

/** Puts what `// generate: [times, open, middle, close]` makes in the place of `GENERATED`. */
function generated(text, rule) {
  if (!rule) return text;
  const [times, open, middle, close] = rule;
  return text.replaceAll('GENERATED', () => open.repeat(times) + middle + close.repeat(times));
}

/** The verdicts of the native executor, which `cargo test -p selvage-host` leaves behind: `{ guest, programs }`. */
export function nativeVerdicts() {
  if (!existsSync(NATIVE)) throw new Error(`there is no ${NATIVE}: run \`cargo test -p selvage-host\`, which leaves the native verdicts there`);
  return JSON.parse(readFileSync(NATIVE, 'utf8'));
}
