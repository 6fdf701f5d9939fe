// The docking library injects its styles from a script, which a strict style policy refuses.
// This plugin takes the same styles out of the package at build time and serves them as a
// style sheet, without the themes that this page does not use.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';

const ID = 'virtual:dockview.css';
const RESOLVED = '/@selvage/dockview.css';

export function dockviewStyles(): Plugin {
  return {
    name: 'selvage-dockview-styles',
    resolveId: (id) => (id === ID ? RESOLVED : undefined),
    load: (id) => (id === RESOLVED ? stylesFromPackage() : undefined),
  };
}

function stylesFromPackage(): string {
  const file = createRequire(import.meta.url).resolve('dockview-core/dist/dockview-core.js');
  const found = /s\.textContent = ("(?:[^"\\]|\\.)*");/.exec(readFileSync(file, 'utf8'));
  if (!found?.[1]) throw new Error('dockview-core no longer carries its styles where dockview-styles.ts looks for them');
  const styles = JSON.parse(found[1]) as string;
  return topLevelRules(styles)
    .filter((rule) => !/^[^{]*\.dockview-theme-/.test(rule))
    .join('\n');
}

/** Splits a style sheet into its outermost rules. */
export function topLevelRules(styles: string): string[] {
  const text = styles.replace(/\/\*[\s\S]*?\*\//g, '');
  const rules: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '{') depth++;
    if (text[i] === '}' && --depth === 0) {
      rules.push(text.slice(start, i + 1).trim());
      start = i + 1;
    }
  }
  return rules;
}
