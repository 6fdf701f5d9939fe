// Tells what the page loads before a person can work from what it fetches when that is asked for: the second is in chunks whose
// names begin with `later-`, by which `xtask` knows them. A chunk that only such chunks share is one, too.

import type { Plugin } from 'vite';

interface Chunk {
  isDynamicEntry: boolean;
  moduleIds: readonly string[];
}

/** The modules that are loaded with the entries: all that static imports lead to. */
export function loadedWith(entries: readonly string[], importsOf: (id: string) => readonly string[]): ReadonlySet<string> {
  const loaded = new Set(entries);
  for (const id of loaded) for (const one of importsOf(id)) loaded.add(one);
  return loaded;
}

export function laterChunks(): { plugin: Plugin; nameOf: (chunk: Chunk) => string } {
  let known: ReadonlySet<string> = new Set();
  let loaded: ReadonlySet<string> = new Set();
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
    nameOf: (chunk) => (isLater(chunk) ? 'assets/later-[name]-[hash].js' : 'assets/[name]-[hash].js'),
  };
}
