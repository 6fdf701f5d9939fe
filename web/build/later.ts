// Tells what the page loads before a person can work from what it fetches when that is asked for: the second is in chunks whose
// names begin with `later-`, by which `xtask` knows them. A chunk that only such chunks share is one, too.

import type { Plugin } from 'vite';

interface Chunk {
  name: string;
  isDynamicEntry: boolean;
  moduleIds: readonly string[];
}

/** The modules that are loaded with the entries: all that static imports lead to. */
export function loadedWith(entries: readonly string[], importsOf: (id: string) => readonly string[]): ReadonlySet<string> {
  const loaded = new Set(entries);
  for (const id of loaded) for (const one of importsOf(id)) loaded.add(one);
  return loaded;
}

export function laterChunks(): { plugin: Plugin; nameOf: (chunk: Chunk) => string; assetNameOf: (asset: { names: readonly string[] }) => string } {
  let known: ReadonlySet<string> = new Set();
  let loaded: ReadonlySet<string> = new Set();
  /** The chunks that were named, by whether they are such ones: a chunk's styles have its name. */
  const named = new Map<string, boolean>();
  const isLater = ({ isDynamicEntry, moduleIds }: Chunk): boolean => isDynamicEntry || (moduleIds.length > 0 && moduleIds.every((id) => known.has(id) && !loaded.has(id)));
  return {
    plugin: {
      name: 'selvage-later',
      apply: 'build',
      buildEnd() {
        known = new Set(this.getModuleIds());
        const entries = [...known].filter((id) => this.getModuleInfo(id)?.isEntry);
        loaded = loadedWith(entries, (id) => this.getModuleInfo(id)?.importedIds ?? []);
      },
    },
    nameOf: (chunk) => {
      const later = isLater(chunk);
      named.set(chunk.name, later && named.get(chunk.name) !== false);
      return later ? 'assets/later-[name]-[hash].js' : 'assets/[name]-[hash].js';
    },
    assetNameOf: ({ names }) => {
      const styles = names.filter((name) => name.endsWith('.css')).map((name) => name.slice(0, -'.css'.length));
      const later = styles.length > 0 && styles.every((name) => named.get(name) === true);
      return later ? 'assets/later-[name]-[hash][extname]' : 'assets/[name]-[hash][extname]';
    },
  };
}
