// Writes the list of everything the page needs into the service worker, with a hash over all of
// it, so that one version of page, kernel and guests is kept and served as a whole.

import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Plugin } from 'vite';
import { behind } from './behind.ts';

const PLACEHOLDER = '__PRECACHE__';
/** Other web apps load what is under `embed`, and the page never does. */
const LEFT_OUT = /^embed\/|(?:^sw\.js|\.(?:map|br|gz))$/;
/** What is for those who use Python, and is kept when any of it was fetched for the first time: the guests, and what the editor knows. */
const GUEST = /^assets\/guest-(?:py|ruff)\.[^/]*\.wasm$/;
const EDITOR = /\/web\/src\/editor\/python\/index\.ts$/;

export function precache(): Plugin {
  let folder = 'dist';
  return {
    name: 'selvage-precache',
    apply: 'build',
    enforce: 'post',
    configResolved: (config) => {
      folder = config.build.outDir;
    },
    writeBundle: (_, bundle) => {
      const worker = join(folder, 'sw.js');
      const code = readFileSync(worker, 'utf8');
      if (!code.includes(PLACEHOLDER)) throw new Error(`${worker} has no ${PLACEHOLDER}`);
      const files = listFiles(folder)
        .filter((file) => !LEFT_OUT.test(file))
        .sort();
      const hash = createHash('sha256');
      for (const file of files) hash.update(file).update('\0').update(readFileSync(join(folder, file)));
      const version = hash.update(code).digest('hex').slice(0, 16);
      const editor = behind(Object.values(bundle).filter((file) => file.type === 'chunk'), EDITOR);
      const isLater = (file: string): boolean => GUEST.test(file) || editor.has(file);
      const urlOf = (file: string): string => (file === 'index.html' ? './' : `./${file}`);
      const [urls, later] = [files.filter((file) => !isLater(file)).map(urlOf), files.filter(isLater).map(urlOf)];
      writeFileSync(worker, code.replace(PLACEHOLDER, JSON.stringify({ version, urls, later })));
    },
  };
}

function listFiles(folder: string, below = folder): string[] {
  return readdirSync(below, { withFileTypes: true }).flatMap((entry) => {
    const path = join(below, entry.name);
    return entry.isDirectory() ? listFiles(folder, path) : [relative(folder, path).replaceAll('\\', '/')];
  });
}
