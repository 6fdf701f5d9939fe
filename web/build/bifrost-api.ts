// What the package `bifrost` offers to workflows, for completion: read off its own sources at build time.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { outlineOf, type Definition, type Outline } from '../src/editor/python/outline.ts';

const ID = 'virtual:bifrost-api';
const RESOLVED = '\0virtual:bifrost-api';

export function bifrostApi(folder: string): Plugin {
  return {
    name: 'selvage-bifrost-api',
    resolveId: (id) => (id === ID ? RESOLVED : undefined),
    load(id) {
      if (id !== RESOLVED) return undefined;
      for (const name of readdirSync(folder)) if (name.endsWith('.py')) this.addWatchFile(join(folder, name));
      return `export default ${JSON.stringify(describePackage((file) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : undefined)))};`;
    },
  };
}

/** The names of the package: `__init__.py` says in which of its files each of them is. */
export function describePackage(read: (file: string) => string | undefined): Definition[] {
  const table = /_HOMES = \{([\s\S]*?)\}\.items\(\)/.exec(read('__init__.py') ?? '')?.[1] ?? '';
  const homes = [...table.matchAll(/"(\w+)":\s*((?:"[^"]*"\s*)+)/g)];
  if (homes.length === 0) throw new Error('bifrost/__init__.py no longer says where its names are as bifrost-api.ts reads it');
  return homes.flatMap(([, home = '', words = '']) => {
    const text = read(`${home}.py`);
    if (text === undefined) throw new Error(`bifrost/${home}.py is missing`);
    const outline = outlineOf(text);
    return words.replaceAll('"', ' ').trim().split(/\s+/).map((name) => (name === home ? moduleOf(name, text, outline) : memberOf(home, name, outline)));
  });
}

/** A part of the package with what it shows. */
function moduleOf(name: string, text: string, outline: Outline): Definition {
  const all = /^__all__ = \(([\s\S]*?)\)/m.exec(text)?.[1] ?? '';
  const shown = new Set([...all.matchAll(/"(\w+)"/g)].map(([, one]) => one));
  const doc = /^"""([\s\S]*?)"""/.exec(text)?.[1]?.trim();
  return { name, kind: 'variable', at: 0, detail: '', ...(doc ? { doc } : {}), members: outline.definitions.filter((one) => shown.has(one.name)).map(plain) };
}

function memberOf(home: string, name: string, outline: Outline): Definition {
  const found = outline.definitions.find((one) => one.name === name);
  if (!found) throw new Error(`bifrost/${home}.py has no ${name}`);
  // The context stands for an object of the class that has its attributes.
  const context = name === 'context' ? outline.definitions.find((one) => one.name === 'ExecutionContext') : undefined;
  return plain(context?.members ? { ...found, doc: context.doc ?? '', members: context.members } : found);
}

/** Without the places, and without what is not for others. */
const plain = ({ at: _, members, ...rest }: Definition): Definition => ({
  ...rest,
  at: 0,
  ...(members ? { members: members.filter(({ name }) => !name.startsWith('_')).map(plain) } : {}),
});
