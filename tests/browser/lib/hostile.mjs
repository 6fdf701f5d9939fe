// The corpus of hostile programs in `tests/hostile`, and what their first lines say about them.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './server.mjs';

const FOLDER = join(root, 'tests/hostile');
/** How the programs of each language are kept. */
const KINDS = [
  { ending: '.flow.js', comment: '// ', limits: 'limits.json', guest: 'guest-js' },
  { ending: '.py', comment: '# ', limits: 'limits-py.json', guest: 'guest-py' },
];
const NATIVE = join(root, 'target/hostile-native.json');

/** Every program: `{ name, guest, path, text, expect, limits, args, grant, files, value }`. */
export function hostilePrograms() {
  const files = readdirSync(FOLDER).sort();
  return KINDS.flatMap((kind) => {
    const limits = JSON.parse(readFileSync(join(FOLDER, kind.limits), 'utf8'));
    return files.filter((file) => file.endsWith(kind.ending)).map((file) => program(file, kind, limits));
  });
}

function program(file, { ending, comment, guest }, limits) {
  const text = readFileSync(join(FOLDER, file), 'utf8');
  const headers = {};
  for (const line of text.split('\n')) {
    const found = line.startsWith(comment) && /^(\w+): (.*)$/.exec(line.slice(comment.length));
    if (!found) break;
    headers[found[1]] = found[2];
  }
  const json = (key, otherwise) => (key in headers ? JSON.parse(headers[key]) : otherwise);
  const expect = headers.expect.split('|');
  return {
    name: file.slice(0, -ending.length),
    guest,
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

/** The verdicts of the native executor, which `cargo test -p selvage-host` leaves behind: `{ guests, programs }`. */
export function nativeVerdicts() {
  if (!existsSync(NATIVE)) throw new Error(`there is no ${NATIVE}: run \`cargo test -p selvage-host\`, which leaves the native verdicts there`);
  return JSON.parse(readFileSync(NATIVE, 'utf8'));
}
