// What the names of a Python file stand for: in the file itself, in other files of the workspace, and in the package `bifrost`.
//
// Modules are found as a run finds them (docs/python.md): from the root, from the folder of the file, and those of `modules/` by
// their names alone, wherever in it they lie.

import api from 'virtual:bifrost-api';
import { isInside, join, nameOf, parentOf } from '../../lib/paths';
import { outlineOf, type Definition, type Outline } from './outline';

/** How far a name is followed from import to import. */
const HOPS_MAX = 8;
const PACKAGE = 'bifrost';
const MODULES = 'modules';
/** A text that is longer is not read for its names. */
const CHARS_MAX = 1024 * 1024;

/** What is asked of the workspace. */
export interface Names {
  /** The file that the names are in. */
  readonly path: string;
  /** All files. */
  paths(): Iterable<string>;
  /** The text of a file as it stands now, typed or kept. */
  read(path: string): Promise<string | undefined>;
}

export type Thing =
  | { kind: 'module'; path: string }
  | { kind: 'folder'; folder: string }
  | { kind: 'definition'; path: string; definition: Definition }
  /** A part of the package, which is no file of the workspace. */
  | { kind: 'package'; definition: Definition };

export interface Offer {
  name: string;
  kind: Definition['kind'] | 'module';
  detail: string;
  doc?: string;
}

const ROOT: Extract<Thing, { kind: 'package' }> = { kind: 'package', definition: { name: PACKAGE, kind: 'variable', at: 0, detail: '', members: api } };

export class Resolver {
  #paths: ReadonlySet<string>;
  #outlines = new Map<string, Promise<Outline>>();

  constructor(readonly names: Names) {
    this.#paths = new Set([...names.paths()].filter((path) => path.endsWith('.py')));
  }

  /** The module of a dotted name, which may be a folder of modules. */
  module(dotted: string): Thing | undefined {
    const here = parentOf(this.names.path);
    if (dotted.startsWith('.')) {
      const dots = /^\.+/.exec(dotted)?.[0].length ?? 1;
      let folder = here;
      for (let up = 1; up < dots; up++) folder = parentOf(folder);
      return this.#at([folder, dotted.slice(dots).replaceAll('.', '/')].filter(Boolean).join('/'));
    }
    if (dotted === PACKAGE) return ROOT;
    const own = dotted.startsWith(`${PACKAGE}.${MODULES}`) ? dotted.slice(PACKAGE.length + 1) : dotted;
    if (own.startsWith(`${PACKAGE}.`)) return packageMember(ROOT.definition, own.slice(PACKAGE.length + 1));
    const path = own.replaceAll('.', '/');
    const [first, name, ...deeper] = own.split('.');
    return this.#at(path) ?? (here ? this.#at(join(here, path)) : undefined) ?? (first === MODULES && name !== undefined && deeper.length === 0 ? this.#flat(name) : undefined);
  }

  /** A module of `modules/` that has a name for itself, wherever it lies. */
  #flat(name: string): Thing | undefined {
    const [path, ...others] = [...this.#paths].filter((one) => isInside(one, MODULES) && nameOf(one) === `${name}.py`);
    return path !== undefined && others.length === 0 ? { kind: 'module', path } : undefined;
  }

  #at(path: string): Thing | undefined {
    for (const file of [`${path}.py`, join(path, '__init__.py')]) if (this.#paths.has(file)) return { kind: 'module', path: file };
    for (const file of this.#paths) if (file.startsWith(`${path}/`)) return { kind: 'folder', folder: path };
    return undefined;
  }

  outline(path: string): Promise<Outline> {
    const known = this.#outlines.get(path);
    if (known) return known;
    const read = this.names.read(path).then((text) => (text === undefined || text.length > CHARS_MAX ? { definitions: [], imports: [] } : outlineOf(text)));
    this.#outlines.set(path, read);
    return read;
  }

  /** What a chain of names leads to: `prices.total` in the file. */
  async chain(names: readonly string[]): Promise<Thing | undefined> {
    const [first, ...rest] = names;
    if (first === undefined) return undefined;
    let thing = await this.bound(this.names.path, first);
    for (const name of rest) thing = thing && (await this.member(thing, name));
    return thing;
  }

  /** What a name stands for at the outermost level of a file. */
  async bound(path: string, name: string, hops = HOPS_MAX): Promise<Thing | undefined> {
    const { definitions, imports } = await this.outline(path);
    const definition = definitions.findLast((one) => one.name === name);
    if (definition) return { kind: 'definition', path, definition };
    const found = imports.findLast((one) => one.name === name);
    return found && hops > 0 ? this.imported(found.module, found.member, hops - 1) : undefined;
  }

  /** What an import brings in. */
  async imported(module: string, member: string | undefined, hops = HOPS_MAX): Promise<Thing | undefined> {
    const thing = this.module(module);
    if (member === undefined || !thing) return thing;
    return (await this.member(thing, member, hops)) ?? this.module(`${module}.${member}`);
  }

  async member(thing: Thing, name: string, hops = HOPS_MAX): Promise<Thing | undefined> {
    switch (thing.kind) {
      case 'module':
        return (await this.bound(thing.path, name, hops)) ?? (nameOf(thing.path) === '__init__.py' ? this.#at(join(parentOf(thing.path), name)) : undefined);
      case 'folder':
        return this.#at(join(thing.folder, name)) ?? (thing.folder === MODULES ? this.#flat(name) : undefined);
      case 'definition': {
        const definition = thing.definition.members?.find((one) => one.name === name);
        return definition && { kind: 'definition', path: thing.path, definition };
      }
      case 'package':
        return thing === ROOT && name === MODULES ? this.module(MODULES) : packageMember(thing.definition, name);
    }
  }

  /** What can be written after something and a dot, or imported from it. */
  async offers(thing: Thing): Promise<Offer[]> {
    switch (thing.kind) {
      case 'module': {
        const { definitions, imports } = await this.outline(thing.path);
        const inside = nameOf(thing.path) === '__init__.py' ? this.#modulesIn(parentOf(thing.path)) : [];
        const brought = imports.map(({ name, module }): Offer => ({ name, kind: 'variable', detail: module }));
        return unique([...definitions.map(offerOf), ...inside, ...brought]);
      }
      case 'folder':
        return this.#modulesIn(thing.folder);
      case 'definition':
        return (thing.definition.members ?? []).map(offerOf);
      case 'package':
        return [...(thing.definition.members ?? []).map(offerOf), ...(thing === ROOT ? [{ name: MODULES, kind: 'module' as const, detail: 'modules of this workspace' }] : [])];
    }
  }

  /** What a dotted name of a module can begin with, or go on with after another one. */
  modules(before: string): Offer[] {
    if (before !== '') {
      const thing = this.module(before);
      if (thing?.kind === 'folder') return this.#modulesIn(thing.folder);
      if (thing?.kind === 'module' && nameOf(thing.path) === '__init__.py') return this.#modulesIn(parentOf(thing.path));
      if (thing === ROOT) return [{ name: MODULES, kind: 'module', detail: 'modules of this workspace' }, ...api.filter((one) => one.kind === 'variable' && one.members).map(offerOf)];
      return [];
    }
    const here = parentOf(this.names.path);
    return unique([{ name: PACKAGE, kind: 'module', detail: '' }, ...this.#modulesIn(''), ...(here ? this.#modulesIn(here) : [])]);
  }

  /** The modules of a folder and the folders with some; those of `modules/` have their names wherever they lie. */
  #modulesIn(folder: string): Offer[] {
    const offers: Offer[] = [];
    for (const path of this.#paths) {
      if (!isInside(path, folder) || path === this.names.path) continue;
      const [name = '', ...deeper] = path.slice(folder === '' ? 0 : folder.length + 1).split('/');
      const stem = nameOf(path).replace(/\.py$/, '');
      if (deeper.length === 0 && stem !== '__init__') offers.push({ name: stem, kind: 'module', detail: path });
      if (deeper.length) offers.push({ name, kind: 'module', detail: `${join(folder, name)}/` });
      if (deeper.length && folder === MODULES && this.#flat(stem)) offers.push({ name: stem, kind: 'module', detail: path });
    }
    return unique(offers.filter(({ name }) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)));
  }
}

function packageMember(from: Definition, dotted: string): Thing | undefined {
  let definition: Definition | undefined = from;
  for (const name of dotted.split('.')) definition = definition?.members?.find((one) => one.name === name);
  return definition && { kind: 'package', definition };
}

const offerOf = ({ name, kind, detail, doc }: Definition): Offer => ({ name, kind, detail, ...(doc ? { doc } : {}) });
const unique = (offers: Offer[]): Offer[] => [...new Map(offers.toReversed().map((one) => [one.name, one])).values()].reverse();
