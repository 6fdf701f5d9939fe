// RepTree: its own tree with properties, saved and sent as JSON, as it says. It has no text of its own.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RepTree } from 'reptree';
import { folderOf, nameOf, seal } from './work.mjs';

const hex = (bytes) => Buffer.from(bytes).toString('hex');
let peers = 0;

export class System {
  #tree;
  #ids = new Map();

  constructor(tree) {
    this.#tree = tree ?? new RepTree(`peer${(peers += 1)}`);
  }

  static open(folder) {
    return System.decode(readFileSync(join(folder, 'reptree')));
  }

  #id(key) {
    if (this.#ids.size === 0) for (const vertex of this.#tree.getAllVertices()) this.#ids.set(vertex.getProperty('key'), vertex.id);
    return this.#ids.get(key);
  }

  make(files, next) {
    const root = this.#tree.createRoot();
    const add = (key, name, parent, more) => {
      if (!this.#ids.has(key)) this.#ids.set(key, this.#tree.newVertex(parent, { key, _n: name, ...more }).id);
      return this.#ids.get(key);
    };
    for (let n = 0; n < files; n += 1) {
      const [top, sub] = folderOf(n);
      const folder = add(`${top}/${sub}`, sub, add(top, top, root.id));
      add(`${n}`, nameOf(n), folder, { seal: hex(seal(next)) });
    }
  }

  touch(n, next) {
    this.#tree.setVertexProperty(this.#id(`${n}`), 'seal', hex(seal(next)));
  }

  move(n, to) {
    this.#tree.moveVertex(this.#id(`${n}`), this.#id(folderOf(to).join('/')));
  }

  list() {
    const paths = [];
    const walk = (id, prefix) => {
      for (const child of this.#tree.getChildren(id)) {
        const path = prefix === '' ? child.getProperty('_n') : `${prefix}/${child.getProperty('_n')}`;
        if (child.getProperty('seal')) paths.push(path);
        walk(child.id, path);
      }
    };
    walk(this.#tree.root.id, '');
    return paths;
  }

  encode() {
    return Buffer.from(JSON.stringify(this.#tree.getAllOps()));
  }

  static decode(bytes) {
    return new System(new RepTree(`peer${(peers += 1)}`, JSON.parse(Buffer.from(bytes).toString())));
  }

  save(folder) {
    writeFileSync(join(folder, 'reptree'), this.encode());
  }

  fork() {
    return System.decode(this.encode());
  }

  empty() {
    return new System();
  }

  static sync(a, b) {
    const vectors = [a, b].map((side) => side.#tree.getStateVector() ?? {});
    const missing = [a.#tree.getMissingOps(vectors[1]), b.#tree.getMissingOps(vectors[0])];
    const bytes = [...vectors, ...missing].reduce((sum, part) => sum + JSON.stringify(part).length, 0);
    b.#tree.merge(missing[0]);
    a.#tree.merge(missing[1]);
    return { bytes, messages: 4 };
  }
}
