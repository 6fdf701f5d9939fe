// Yjs: one document with a map of nodes, and a text.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as Y from 'yjs';
import { folderOf, nameOf, seal } from './work.mjs';

export class System {
  #doc = new Y.Doc();

  static open(folder) {
    return System.decode(readFileSync(join(folder, 'yjs')));
  }

  get #nodes() {
    return this.#doc.getMap('nodes');
  }

  make(files, next) {
    const nodes = this.#nodes;
    const add = (id, registers) => nodes.has(id) || nodes.set(id, new Y.Map(Object.entries(registers)));
    this.#doc.transact(() => {
      for (let n = 0; n < files; n += 1) {
        const [top, sub] = folderOf(n);
        add(top, { name: top, parent: 'root' });
        add(`${top}/${sub}`, { name: sub, parent: top });
        add(`${n}`, { name: nameOf(n), parent: `${top}/${sub}`, seal: seal(next) });
      }
    });
  }

  touch(n, next) {
    this.#nodes.get(`${n}`).set('seal', seal(next));
  }

  move(n, to) {
    this.#nodes.get(`${n}`).set('parent', folderOf(to).join('/'));
  }

  list() {
    const nodes = this.#nodes;
    const path = (node) => {
      const [parent, name] = [node.get('parent'), node.get('name')];
      return parent === 'root' ? name : `${path(nodes.get(parent))}/${name}`;
    };
    return [...nodes.values()].filter((node) => node.has('seal')).map(path);
  }

  edit(edits) {
    const text = this.#doc.getText('text');
    // As an editor's binding does: an update goes out after every edit.
    let bytes = 0;
    const count = (update) => (bytes += update.length);
    this.#doc.on('update', count);
    for (const [at, removed, inserted] of edits) {
      if (removed > 0) text.delete(at, removed);
      if (inserted) text.insert(at, inserted);
    }
    this.#doc.off('update', count);
    return bytes;
  }

  text() {
    return this.#doc.getText('text').toString();
  }

  encode() {
    return Y.encodeStateAsUpdateV2(this.#doc);
  }

  static decode(bytes) {
    const system = new System();
    Y.applyUpdateV2(system.#doc, bytes);
    system.#doc.getText('text');
    return system;
  }

  save(folder) {
    writeFileSync(join(folder, 'yjs'), this.encode());
  }

  fork() {
    return System.decode(this.encode());
  }

  empty() {
    return new System();
  }

  static sync(a, b) {
    const vectors = [a, b].map((side) => Y.encodeStateVector(side.#doc));
    const updates = [Y.encodeStateAsUpdateV2(a.#doc, vectors[1]), Y.encodeStateAsUpdateV2(b.#doc, vectors[0])];
    Y.applyUpdateV2(b.#doc, updates[0]);
    Y.applyUpdateV2(a.#doc, updates[1]);
    return { bytes: [...vectors, ...updates].reduce((sum, part) => sum + part.length, 0), messages: 4 };
  }
}
