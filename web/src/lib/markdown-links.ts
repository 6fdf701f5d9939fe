// Where a link of a Markdown file leads: another file of the workspace, a heading, or the web.

import { parentOf } from './paths';

export type LinkTarget = { kind: 'file'; path: string } | { kind: 'heading'; id: string } | { kind: 'elsewhere' };

export function resolveLink(base: string, href: string): LinkTarget {
  if (href.startsWith('#')) return { kind: 'heading', id: decoded(href.slice(1)) };
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(href)) return { kind: 'elsewhere' };
  const [raw = ''] = href.split(/[?#]/);
  const parts = raw.startsWith('/') || parentOf(base) === '' ? [] : parentOf(base).split('/');
  for (const part of raw.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(decoded(part));
  }
  return { kind: 'file', path: parts.join('/') };
}

/** A part of an address as it is meant; one that is not well written is taken as it stands. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
