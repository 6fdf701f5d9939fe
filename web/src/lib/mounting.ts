// Another workspace as a read-only parent: what its zip holds, what mounting it would change, and the mounting itself.

import { sha256 } from './hash';
import { isInside, isMounted } from './paths';
import { valueOf } from './kernel';
import type { Difference } from './tools';
import type { Workspace } from './workspace.svelte';
import { readStamp, STAMP, unpack, type Stamp, type Unpacked } from './zip';

export interface Parent extends Stamp {
  files: (Unpacked & { hash: string })[];
}

export interface Mounted {
  differences: Difference[];
  total: number;
}

/** Reads the export of a workspace. */
export async function readParent(bytes: Uint8Array): Promise<Parent> {
  const { found, skipped } = await unpack(bytes);
  const [first] = skipped;
  if (first) throw new Error(`${first.name} can’t be taken along: ${first.reason}.`);
  const stamp = readStamp(found);
  if (!stamp) throw new Error(`It does not say which workspace it is of. Export the workspace as a zip, whole: that has a ${STAMP}.`);
  const files: Parent['files'] = [];
  for (const file of found) {
    if (file.path === STAMP || isInside(file.path, 'runs')) continue;
    const hash = await sha256(file.bytes);
    if (hash === undefined) throw new Error('The browser gives pages from this address no cryptography, which it takes to mount a workspace.');
    files.push({ ...file, hash });
  }
  return { ...stamp, files };
}

const input = (name: string, { workspace, heads, files }: Parent) => ({ name, workspace, heads, encoding: 'hash', files: Object.fromEntries(files.map(({ path, hash }) => [path, hash])) });

/** What mounting a parent under a name would change. */
export const preview = (workspace: Workspace, name: string, parent: Parent): Promise<Mounted> => workspace.call('scope_mount', { ...input(name, parent), dryRun: true });

/** Mounts a parent, or brings it up to date: contents go into storage first, and those that are there already do not come again. */
export async function mount(workspace: Workspace, name: string, parent: Parent): Promise<Mounted> {
  const known = new Set([...workspace.entries.values()].filter(({ path }) => isMounted(path)).map(({ hash }) => hash));
  for (const { bytes, hash } of parent.files) {
    if (known.has(hash)) continue;
    known.add(hash);
    valueOf(await workspace.kernel.store(new Blob([bytes]), () => undefined, new AbortController().signal));
  }
  return workspace.call('scope_mount', input(name, parent));
}

/** A name for a workspace from that of its zip, of the letters that such a name may have. */
export const nameFor = (zip: string): string => zip.replace(/\.zip$/i, '').replace(/-\d{4}-\d{2}-\d{2}.*$/, '').replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 64) || 'parent';
