// Puts the script of an entry before the page's own, which imports it too: it runs as soon as it is there.

import type { Plugin } from 'vite';

export function startFirst(name: string): Plugin {
  return {
    name: 'selvage-start-first',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (html, { bundle = {} }) => {
        const entry = Object.values(bundle).find((chunk) => chunk.type === 'chunk' && chunk.isEntry && chunk.name === name);
        if (!entry) throw new Error(`the page has no entry ${name}`);
        return html.replace('<script', `<script type="module" crossorigin src="./${entry.fileName}"></script>\n    <script`);
      },
    },
  };
}
