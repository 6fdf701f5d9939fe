// Ours: the workspace as the page has it, in WebAssembly, on two files.

import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { initSync, Replica, Store } from '../../../target/wasm-web/bench/bench.js';
import { folderOf, nameOf, pathOf } from './work.mjs';

initSync({ module: readFileSync(new URL('../../../target/wasm-web/bench/bench_bg.wasm', import.meta.url)) });

/** A file as a browser's sync access handle shows one. */
class File {
  #fd;

  constructor(path) {
    this.#fd = openSync(path, 'a+');
    closeSync(this.#fd);
    this.#fd = openSync(path, 'r+');
  }

  getSize() {
    return fstatSync(this.#fd).size;
  }

  read(bytes, { at }) {
    return readSync(this.#fd, bytes, 0, bytes.length, at);
  }

  write(bytes, { at }) {
    System.writtenBytes += bytes.length;
    return writeSync(this.#fd, bytes, 0, bytes.length, at);
  }

  truncate(size) {
    ftruncateSync(this.#fd, size);
  }

  flush() {
    if (System.flushes) fsyncSync(this.#fd);
  }

  close() {
    closeSync(this.#fd);
  }
}

let replicas = 0;

export class System {
  /** Whether a flush waits for the disk. The peers write nothing while they work, so only the acknowledgement is measured so. */
  static flushes = false;
  /** Bytes that went to files. */
  static writtenBytes = 0;
  #replica;
  #places = new Map();

  constructor(folder, store) {
    replicas += 1;
    this.#replica = new Replica(store ?? System.store(folder), replicas);
  }

  /** Opens storage, and reads nothing of the workspace. */
  static store(folder) {
    return new Store(folder ? ['database', 'journal', 'sums'].map((name) => new File(join(folder, name))) : []);
  }

  static open(folder, store) {
    return new System(folder, store);
  }

  make(files, from = 0) {
    const all = Array.from({ length: files }, (_, n) => n + from);
    this.#replica.write(all.map(pathOf), all.map((n) => `file ${n}\n`));
  }

  touch(n, next) {
    this.#replica.write([this.#places.get(n) ?? pathOf(n)], [`now ${next()}`]);
  }

  move(n, to) {
    const from = this.#places.get(n) ?? pathOf(n);
    const path = [...folderOf(to), nameOf(n)].join('/');
    if (from === path) return;
    this.#replica.rename(from, path);
    this.#places.set(n, path);
  }

  list() {
    return this.#replica.list().split('\n');
  }

  /** Reads what the tree that is shown does without. */
  readHistory() {
    return this.#replica.read_history();
  }

  findInContents() {
    return this.#replica.search('not in there', false);
  }

  text() {
    return this.#replica.read('text.md');
  }

  /** Every edit by itself, as an editor that waits for nothing would hand it over. */
  edit(edits) {
    this.#begin();
    return edits.reduce((bytes, [at, removed, inserted]) => bytes + this.#replica.edit('text.md', [at, removed], inserted), 0);
  }

  /** In frames, as an editor that collects what is typed within a moment. */
  editInFrames(edits, size) {
    this.#begin();
    for (let from = 0; from < edits.length; from += size) {
      const frame = edits.slice(from, from + size);
      const places = frame.flatMap(([at, removed]) => [at, removed]);
      this.#replica.edit('text.md', places, frame.map(([, , inserted]) => inserted).join('\0'));
    }
  }

  #begin() {
    this.#replica.write(['text.md'], ['']);
  }

  /** The live text as another replica gets it. */
  encode() {
    return this.#replica.text_update('text.md');
  }

  /** Another replica with all of it. */
  copy() {
    return this.fork();
  }

  save() {}

  /** Bytes that are saved, in the form that a clone needs. */
  savedBytes() {
    return this.#replica.saved_bytes();
  }

  empty() {
    return new System();
  }

  fork() {
    const other = this.empty();
    System.sync(this, other);
    return other;
  }

  /** Two sessions, frame by frame. */
  static sync(a, b) {
    const sides = [a.#replica, b.#replica];
    let [bytes, messages, trips] = [0, 0, 0];
    sides[1].connect(false);
    let frames = sides[0].connect(true);
    for (let to = 1; frames.length > 0; to = 1 - to) {
      trips += 1;
      const answers = [];
      for (const frame of frames) {
        bytes += frame.length;
        messages += 1;
        answers.push(...sides[to].handle(frame));
      }
      frames = answers;
    }
    if (a.#replica.digest() !== b.#replica.digest()) throw new Error('the replicas differ');
    return { bytes, messages, trips };
  }
}
