// What the loop came to, in one form. Four kinds of things differ from one workspace or build to the next, and are put in one form here. Nothing else is.
//
// 1. Ids: runs, approvals, heads, changes, identities of files, chains of statements, and the build of the interpreter (`ID`). Equal ones stay
//    equal: each becomes its kind with a number, and so it does inside other texts (the path of a record has its run's name).
// 2. Times, and what was measured by a clock (`TIME`), which become 0; and the time in the path of a record.
// 3. Who: the name of the agent, of the person who approved, and the key that signed. That it is an agent or a person stays.
// 4. Fuel: another build of the interpreter may use another amount. Equal amounts stay equal, and each becomes its number in the loop; that
//    executors of one build agree to the unit is held by `tests/runs`.
//
// Hashes over such things can't be equal either: the record's in its statement, that of the environment (it holds the run's name), the link to
// the statement before, and the signature. Each is computed anew from what it has to be over, and must fit; then a word takes its place.

import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { read as readEnvelope } from '../clients/lib/envelope.mjs';

const ID = new Map(Object.entries({ run: 'run', approval: 'approval', id: 'id', change: 'heads', heads: 'heads', headsIn: 'heads', headsOut: 'heads', guestHash: 'guest' }));
const TIME = new Set(['atMs', 'startedMs', 'endedMs', 'durationMs', 'askedMs', 'expiresMs', 'modifiedMs', 'cpuMs', 'wallMs']);
const STAMP = /\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}\.\d{3}Z/g;

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

/** A record that was read as a file, or what vouches for one: their bytes are checked, and what they say takes their place. */
function opened(told) {
  const files = new Map();
  const texts = new Map();
  for (const { tool, result } of told)
    if (tool === 'read' && result.ok && result.value.path.startsWith('runs/')) texts.set(result.value.path, result.value.content);
  // In the order of the chain, which is the one in which they were signed.
  const statements = new Map();
  for (const [path, content] of texts) if (path.endsWith('.dsse.json')) statements.set(path, readEnvelope(content));
  const before = new Map([...statements].map(([path, { statement }]) => [statement.predicate.chain.number, sha256(texts.get(path))]));
  for (const [path, { fits, statement }] of statements) {
    assert.ok(fits, 'the signature is over these bytes, by the key that the statement names');
    const { predicate, subject } = structuredClone(statement);
    const record = texts.get(subject[0].name);
    assert.equal(subject[0].digest.sha256, sha256(record), 'the statement is about this record');
    assert.equal(predicate.envHash, sha256(JSON.stringify({ env: {}, run: predicate.run })));
    const { number, previous } = predicate.chain;
    if (before.has(number - 1)) assert.equal(previous, before.get(number - 1), 'it follows the one before');
    subject[0].digest.sha256 = 'of the record';
    if (predicate.answers) assert.equal(predicate.answers.digest.sha256, sha256(texts.get(predicate.answers.name)), 'and about these answers');
    Object.assign(predicate, { envHash: 'of the run and nothing', signer: 'who signed' });
    predicate.chain.previous = previous === null || previous === undefined ? 'nothing' : 'the one before';
    predicate.askedBy.name = `agent ${predicate.askedBy.name}`;
    files.set(path, { ...statement, subject, predicate });
  }
  for (const [path, content] of texts) if (path.endsWith('.json') && !statements.has(path)) files.set(path, JSON.parse(content));
  return told.map((one) => {
    const file = one.tool === 'read' && one.result.ok && files.get(one.result.value.path);
    if (!file) return one;
    const { content, hash, size, ...rest } = one.result.value;
    assert.deepEqual([hash, size], [sha256(content), Buffer.byteLength(content)]);
    return { ...one, result: { ok: true, value: { ...rest, file } } };
  });
}

/** Puts what the loop gave into one form. */
export function normal(told) {
  const all = opened(told);
  const names = new Map();
  const counts = new Map();
  const name = (kind, value) => {
    if (names.has(value)) return;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    names.set(value, `${kind}-${counts.get(kind)}`);
  };
  const learn = (value, key) => {
    if (Array.isArray(value)) return value.forEach((item) => learn(item, key));
    if (value !== null && typeof value === 'object') return Object.entries(value).forEach(([key, item]) => learn(item, key));
    if (typeof value !== 'string' || value === '') return undefined;
    // What a flow calls its inputs is named `id`, too.
    if (ID.has(key) && (key !== 'id' || /^[0-9a-f]{16,}$/.test(value))) name(ID.get(key), value);
    const [, agent] = /^agent (.*)$/.exec(['who', 'askedBy'].includes(key) ? value : '') ?? [];
    if (agent) names.set(`agent ${agent}`, 'agent CALLER');
    return undefined;
  };
  learn(all);
  const within = [...names].sort(([a], [b]) => b.length - a.length);
  const text = (value) => within.reduce((text, [from, to]) => text.replaceAll(from, to), value).replace(STAMP, 'TIME');
  const fuels = new Map();
  const put = (value, key, above) => {
    if (Array.isArray(value)) return value.map((item) => put(item, key, above));
    if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, put(item, key, value)]));
    if (typeof value === 'number' && TIME.has(key)) return 0;
    if (key === 'fuel') return fuels.get(value) ?? fuels.set(value, `fuel-${fuels.size + 1}`).get(value);
    if (typeof value !== 'string') return value;
    if (key === 'by') return 'the person';
    if (key === 'name' && above.kind === 'agent') return 'CALLER';
    return names.get(value) ?? text(value);
  };
  return `${JSON.stringify(put(all), null, 1)}\n`;
}

/** Holds what the loop gave against what every way in has to give, byte by byte; `UPDATE_GOLDEN=1` writes that. */
export function isGolden(told, language) {
  const file = fileURLToPath(new URL(`golden/${language}.json`, import.meta.url));
  const came = normal(told);
  if (process.env.UPDATE_GOLDEN) return writeFileSync(file, came);
  assert.ok(existsSync(file), `${file} is not there`);
  const golden = readFileSync(file, 'utf8');
  if (came === golden) return undefined;
  const [ours, theirs] = [came.split('\n'), golden.split('\n')];
  const at = ours.findIndex((line, index) => line !== theirs[index]);
  throw new Error(`line ${at + 1} of ${file} is otherwise:\n${theirs.slice(Math.max(0, at - 3), at + 3).join('\n')}\n--- and came as\n${ours.slice(Math.max(0, at - 3), at + 3).join('\n')}`);
}
