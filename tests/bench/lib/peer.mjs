// The peer's Worker, bundled as an application would bundle it.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** Builds the Worker into a folder and gives `{ folder, script }`. */
export async function buildPeer(folder) {
  await build({
    configFile: false,
    root: fileURLToPath(new URL('../page', import.meta.url)),
    base: './',
    logLevel: 'error',
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2023',
      assetsInlineLimit: 0,
      rolldownOptions: { input: fileURLToPath(new URL('../page/peer.js', import.meta.url)), output: { entryFileNames: 'peer.js' } },
    },
  });
  if (!readdirSync(folder).includes('peer.js')) throw new Error(`no peer.js in ${folder}`);
  return { folder, script: join(folder, 'peer.js') };
}
