// Which chunks lie behind one door: those that nobody loads who does not load a certain module.

/** What the bundler says of a chunk. */
export interface Chunk {
  fileName: string;
  isEntry: boolean;
  /** The module that the chunk is imported for, if any. */
  facadeModuleId: string | null;
  imports: readonly string[];
  dynamicImports: readonly string[];
}

/** The files of the chunks that are reached through the chunk of a module alone. Throws when no chunk is imported for that module. */
export function behind(chunks: readonly Chunk[], door: RegExp): ReadonlySet<string> {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const doors = chunks.filter((chunk) => door.test(chunk.facadeModuleId ?? '')).map((chunk) => chunk.fileName);
  if (doors.length === 0) throw new Error(`no chunk is imported for ${door}`);
  // What is imported at once is loaded, door or not.
  const reach = (from: readonly string[], without: readonly string[]): Set<string> => {
    const reached = new Set(from);
    for (const name of reached) {
      const chunk = byName.get(name);
      for (const next of [...(chunk?.imports ?? []), ...(chunk?.dynamicImports ?? []).filter((name) => !without.includes(name))]) reached.add(next);
    }
    return reached;
  };
  const others = reach(chunks.filter((chunk) => chunk.isEntry).map((chunk) => chunk.fileName), doors);
  return new Set([...reach(doors, [])].filter((name) => !others.has(name)));
}
