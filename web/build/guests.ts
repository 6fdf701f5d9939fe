// The hashes of the guests, known when the page is built: a record says by them what it ran, and a Worker that had to count them
// would read each guest twice.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const ID = 'virtual:guests';
const RESOLVED = `\0${ID}`;
const NAMES = ['guest-js', 'guest-py', 'guest-ruff'];

export function guests(folder: string): Plugin {
  return {
    name: 'selvage-guests',
    resolveId: (id) => (id === ID ? RESOLVED : undefined),
    load(id) {
      if (id !== RESOLVED) return undefined;
      const hashes = NAMES.map((name) => {
        const file = join(folder, `${name}.wasm`);
        if (!existsSync(file)) throw new Error(`there is no ${file}: run \`cargo xtask wasm ${name}\``);
        this.addWatchFile(file);
        return [name, createHash('sha256').update(readFileSync(file)).digest('hex')];
      });
      return `export default ${JSON.stringify(Object.fromEntries(hashes))};`;
    },
  };
}
