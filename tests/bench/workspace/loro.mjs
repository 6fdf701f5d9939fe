// Loro: its movable tree, with the registers of a node in the node's own map, and a text.

import { LoroDoc } from 'loro-crdt';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderOf, nameOf, seal } from './work.mjs';

export class System {
  #doc = new LoroDoc();
  #ids = new Map();

  static open(folder) {
    return System.decode(readFileSync(join(folder, 'loro')));
  }

  get #tree() {
    return this.#doc.getTree('tree');
  }

  #find() {
    for (const node of this.#tree.getNodes({ withDeleted: false })) this.#ids.set(node.data.get('key'), node.id);
  }

  #node(key) {
    if (this.#ids.size === 0) this.#find();
    return this.#tree.getNodeByID(this.#ids.get(key));
  }

  make(files, next) {
    const tree = this.#tree;
    const add = (key, name, parent) => {
      if (this.#ids.has(key)) return this.#node(key);
      const node = parent ? parent.createNode() : tree.createNode();
      node.data.set('key', key);
      node.data.set('name', name);
      this.#ids.set(key, node.id);
      return node;
    };
    for (let n = 0; n < files; n += 1) {
      const [top, sub] = folderOf(n);
      add(`${n}`, nameOf(n), add(`${top}/${sub}`, sub, add(top, top))).data.set('seal', seal(next));
    }
    this.#doc.commit();
  }

  touch(n, next) {
    this.#node(`${n}`).data.set('seal', seal(next));
    this.#doc.commit();
  }

  move(n, to) {
    this.#node(`${n}`).move(this.#node(folderOf(to).join('/')));
    this.#doc.commit();
  }

  list() {
    const paths = [];
    const walk = (items, prefix) => {
      for (const { meta, children } of items) {
        const path = prefix === '' ? meta.name : `${prefix}/${meta.name}`;
        if (meta.seal) paths.push(path);
        walk(children, path);
      }
    };
    walk(this.#tree.toJSON(), '');
    return paths;
  }

  edit(edits) {
    const text = this.#doc.getText('text');
    for (const [at, removed, inserted] of edits) {
      if (removed > 0) text.delete(at, removed);
      if (inserted) text.insert(at, inserted);
      this.#doc.commit();
    }
  }

  text() {
    return this.#doc.getText('text').toString();
  }

  encode() {
    return this.#doc.export({ mode: 'snapshot' });
  }

  static decode(bytes) {
    const system = new System();
    system.#doc.import(bytes);
    return system;
  }

  save(folder) {
    writeFileSync(join(folder, 'loro'), this.encode());
  }

  fork() {
    return System.decode(this.encode());
  }

  empty() {
    return new System();
  }

  static sync(a, b) {
    const versions = [a, b].map((side) => side.#doc.oplogVersion());
    const sizes = versions.map((version) => version.encode().length);
    const updates = [a.#doc.export({ mode: 'update', from: versions[1] }), b.#doc.export({ mode: 'update', from: versions[0] })];
    b.#doc.import(updates[0]);
    a.#doc.import(updates[1]);
    return { bytes: [...sizes, ...updates.map((update) => update.length)].reduce((sum, size) => sum + size, 0), messages: 4 };
  }
}
