// One task of one system, in a process of its own: node --expose-gc child.mjs <system> <task> <options as JSON>
//
// The last line that it prints is what it found, as JSON.

import { fsyncSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../lib/table.mjs';
import { random, textAfter, trace } from './work.mjs';

const [name, task, json] = process.argv.slice(2);
const options = JSON.parse(json);
const { System } = await import(`./${name}.mjs`);

function timed(call) {
  const start = performance.now();
  const value = call();
  return [performance.now() - start, value];
}

function residentBytes() {
  for (let round = 0; round < 3; round += 1) globalThis.gc();
  return process.memoryUsage().rss;
}

const diskBytes = (folder) => readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);

/** Makes a workspace of this many files and changes, and saves it. */
function make({ folder, files, changes }) {
  const next = random(7);
  const system = name === 'selvage' ? System.open(folder) : new System();
  const [makeMs] = timed(() => system.make(files, name === 'selvage' ? 0 : next));
  const [changesMs] = timed(() => {
    for (let n = 0; n < changes; n += 1) system.touch(Math.floor(next() * files), next);
  });
  system.save(folder);
  return { makeMs, changesMs, diskBytes: diskBytes(folder), savedBytes: system.savedBytes?.() };
}

/** Opens what was made, cold, and works with it. */
function use({ folder, files, moves }) {
  const before = residentBytes();
  const [storeMs, store] = timed(() => System.store?.(folder));
  const [openMs, system] = timed(() => System.open(folder, store));
  const [listMs, paths] = timed(() => system.list());
  if (paths.length !== files) throw new Error(`${paths.length} files`);
  const [historyMs] = timed(() => system.readHistory?.());
  const [searchMs] = timed(() => system.list().filter((path) => path.includes('99.')).length);
  const bytes = residentBytes() - before;
  const next = random(11);
  const [movesMs] = timed(() => {
    for (let n = 0; n < moves; n += 1) system.move(Math.floor(next() * files), Math.floor(next() * files));
  });
  const [listAfterMs] = timed(() => system.list());
  const [contentMs] = timed(() => system.findInContents?.());
  return { storeMs, openMs, listMs, searchMs, bytes, movesMs, listAfterMs, historyMs, contentMs: system.findInContents && contentMs };
}

/** Durable changes one by one, and the same bytes written and flushed by themselves, in turns. */
function acknowledge({ folder, changes }) {
  System.flushes = true;
  const system = System.open(folder);
  const raw = openSync(join(folder, 'raw'), 'w');
  const [ours, plain] = [[], []];
  let at = 0;
  for (let n = 0; n < changes; n += 1) {
    const written = System.writtenBytes;
    ours.push(timed(() => system.make(1, n))[0]);
    const bytes = new Uint8Array(System.writtenBytes - written).fill(n);
    plain.push(timed(() => fsyncSync(raw, writeSync(raw, bytes, 0, bytes.length, at)))[0]);
    at += bytes.length;
  }
  return { changeMs: median(ours), rawMs: median(plain) };
}

/** Two peers, that change apart and meet; and a first clone. */
function meet({ files, changes }) {
  const next = random(13);
  const a = new System();
  a.make(files, name === 'selvage' ? 0 : next);
  const b = a.empty();
  const [cloneMs, clone] = timed(() => System.sync(a, b));
  const sides = [a, b];
  for (let n = 0; n < changes; n += 1) sides[n % 2].touch(Math.floor(next() * files), next);
  const savedBytes = a.savedBytes?.() ?? a.encode().length;
  const [meetMs, met] = timed(() => System.sync(a, b));
  if (a.list().length !== files || b.list().length !== files) throw new Error('files are lost');
  const [equalMs, equal] = timed(() => System.sync(a, b));
  const third = a.empty();
  const [again, copy] = timed(() => System.sync(a, third));
  const savedAfter = a.savedBytes?.() ?? a.encode().length;
  return { cloneMs, clone, savedBytes, meetMs, met, equalMs, equal, copyMs: again, copy, savedAfter };
}

/** A long text, edit by edit. */
function text({ edits }) {
  const all = trace(edits);
  const wanted = textAfter(all);
  const system = new System();
  const before = residentBytes();
  const [applyMs, wireBytes] = timed(() => system.edit(all));
  const bytes = residentBytes() - before;
  if (system.text() !== wanted) throw new Error('the text is another one');
  const [encodeMs, encoded] = timed(() => system.encode());
  const [decodeMs, other] = timed(() => system.copy?.() ?? System.decode(encoded));
  if (other.text() !== wanted) throw new Error('the text is another one after decoding');
  const framed = system.editInFrames && new System();
  const [framedMs] = timed(() => framed?.editInFrames(all, 16));
  return { framedMs: framed && framedMs, applyMs, encodeMs, decodeMs, bytes, wireBytes, encodedBytes: encoded.length };
}

const found = { make, use, meet, text, acknowledge }[task](options);
// A system may keep a timer, and would never end by itself.
process.stdout.write(`${JSON.stringify(found)}\n`, () => process.exit());
