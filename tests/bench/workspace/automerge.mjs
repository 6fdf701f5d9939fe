// Automerge: one document with a map of nodes.

import * as A from '@automerge/automerge';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderOf, nameOf, seal } from './work.mjs';

export class System {
  #doc;

  constructor(doc = A.from({ nodes: {}, text: '' })) {
    this.#doc = doc;
  }

  static open(folder) {
    return new System(A.load(readFileSync(join(folder, 'automerge'))));
  }

  make(files, next) {
    this.#doc = A.change(this.#doc, (doc) => {
      for (let n = 0; n < files; n += 1) {
        const [top, sub] = folderOf(n);
        doc.nodes[top] ??= { name: top, parent: 'root' };
        doc.nodes[`${top}/${sub}`] ??= { name: sub, parent: top };
        doc.nodes[n] = { name: nameOf(n), parent: `${top}/${sub}`, seal: seal(next) };
      }
    });
  }

  touch(n, next) {
    this.#doc = A.change(this.#doc, (doc) => {
      doc.nodes[n].seal = seal(next);
    });
  }

  move(n, to) {
    this.#doc = A.change(this.#doc, (doc) => {
      doc.nodes[n].parent = folderOf(to).join('/');
    });
  }

  list() {
    const { nodes } = this.#doc;
    const path = (node) => (node.parent === 'root' ? node.name : `${path(nodes[node.parent])}/${node.name}`);
    return Object.values(nodes).filter((node) => node.seal).map(path);
  }

  edit(edits) {
    for (const [at, removed, inserted] of edits) {
      this.#doc = A.change(this.#doc, (doc) => A.splice(doc, ['text'], at, removed, inserted));
    }
  }

  text() {
    return this.#doc.text;
  }

  encode() {
    return A.save(this.#doc);
  }

  static decode(bytes) {
    return new System(A.load(bytes));
  }

  save(folder) {
    writeFileSync(join(folder, 'automerge'), this.encode());
  }

  fork() {
    return new System(A.clone(this.#doc));
  }

  empty() {
    return new System(A.init());
  }

  /** Brings two together, as two programs would over a link: gives bytes and messages, both ways. */
  static sync(a, b) {
    let [bytes, messages] = [0, 0];
    const states = [A.initSyncState(), A.initSyncState()];
    const sides = [a, b];
    for (let quiet = 0, turn = 0; quiet < 2; turn = 1 - turn) {
      const [state, message] = A.generateSyncMessage(sides[turn].#doc, states[turn]);
      states[turn] = state;
      quiet = message ? 0 : quiet + 1;
      if (!message) continue;
      bytes += message.length;
      messages += 1;
      const other = 1 - turn;
      [sides[other].#doc, states[other]] = A.receiveSyncMessage(sides[other].#doc, states[other], message);
    }
    return { bytes, messages };
  }
}
