// A story of writes with a known end after each: what the kill test writes, and what must be there.

import { createHash } from 'node:crypto';
import { randomFrom } from './random.mjs';

/** Everything happens below this folder. */
export const FOLDER = 'k';

const PAIR = ['k/pair/left.txt', 'k/pair/right.txt', 'k/pair/third.txt'];

/** The call that must come first. */
export const FIRST = { name: 'write', input: { path: `${FOLDER}/begin.txt`, content: 'begin' } };

/** The files after that call, as a map from path to text (a base64 file: its bytes as latin-1). */
export const firstFiles = () => new Map([[FIRST.input.path, 'begin']]);

/**
 * Gives `count` calls that follow on `files`, and the files after each of them. The same seed and
 * files give the same calls.
 */
export function story(seed, files, count) {
  const random = randomFrom(seed);
  const whole = (max) => Math.floor(random() * max);
  const states = [files];
  const calls = [];
  while (calls.length < count) {
    const number = `${seed}.${calls.length}`;
    const next = new Map(states.at(-1));
    const make = KINDS[whole(KINDS.length)];
    const call = make({ next, number, whole });
    if (call === undefined) continue;
    calls.push(call);
    states.push(next);
  }
  return { calls, states };
}

/** Each puts its effect into `next` and gives the call; nothing when it does not fit there. */
const KINDS = [
  function writeText({ next, number, whole }) {
    const path = `${FOLDER}/text-${whole(8)}.md`;
    const content = `# ${number}\n${`line of ${number}\n`.repeat(whole(600))}`;
    next.set(path, content);
    return { name: 'write', input: { path, content } };
  },
  function draftText({ next, number, whole }) {
    const path = `${FOLDER}/text-${whole(8)}.md`;
    if (!next.has(path)) return undefined;
    const content = `${next.get(path).slice(0, 2_000)}\ntyped in ${number}\n`;
    next.set(path, content);
    return { name: 'write', input: { path, content, draft: true } };
  },
  function writeBytes({ next, number, whole }) {
    const path = `${FOLDER}/bytes-${whole(4)}.bin`;
    // The byte 255 is nowhere in UTF-8, so that this is no text.
    const bytes = Buffer.alloc(1_000 + whole(150_000), `\xff${number}\0`, 'latin1');
    next.set(path, bytes.toString('latin1'));
    return { name: 'write', input: { path, content: bytes.toString('base64'), encoding: 'base64' } };
  },
  function patchAll({ next, number }) {
    const made = PAIR.every((path) => next.has(path));
    const old = next.get(PAIR[0]);
    for (const path of PAIR) next.set(path, `all of ${number}\n`);
    if (!made) {
      const adds = PAIR.map((path) => `*** Add File: ${path}\n+all of ${number}`).join('\n');
      return { name: 'apply_patch', input: { patch: `*** Begin Patch\n${adds}\n*** End Patch\n` } };
    }
    return { name: 'apply_patch', input: { edits: PAIR.map((path) => ({ path, find: old, replace: `all of ${number}\n` })) } };
  },
  function moveFolder({ next }) {
    const [from, to] = next.has(`${FOLDER}/here/a.txt`) ? ['here', 'there'] : ['there', 'here'];
    const inside = [...next.keys()].filter((path) => path.startsWith(`${FOLDER}/${from}/`));
    if (inside.length === 0) return undefined;
    for (const path of inside) {
      next.set(path.replace(`/${from}/`, `/${to}/`), next.get(path));
      next.delete(path);
    }
    return { name: 'move', input: { from: `${FOLDER}/${from}`, to: `${FOLDER}/${to}` } };
  },
  function fillFolder({ next, number }) {
    const folder = next.has(`${FOLDER}/there/a.txt`) ? 'there' : 'here';
    const path = `${FOLDER}/${folder}/${next.has(`${FOLDER}/${folder}/a.txt`) ? 'b' : 'a'}.txt`;
    next.set(path, `in the folder since ${number}`);
    return { name: 'write', input: { path, content: `in the folder since ${number}` } };
  },
  function removeFile({ next, whole }) {
    const path = `${FOLDER}/text-${whole(8)}.md`;
    return next.delete(path) ? { name: 'delete', input: { path } } : undefined;
  },
];

/** What identifies a state: the path and SHA-256 of every file, in one text. */
export function stateText(files) {
  const lines = [...files].map(([path, text]) => `${path} ${sha256(bytesOf(path, text))}`);
  return lines.sort().join('\n');
}

export const bytesOf = (path, text) => Buffer.from(text, path.endsWith('.bin') ? 'latin1' : 'utf8');

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
