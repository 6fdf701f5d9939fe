// Answers for the page's files as the workbench's own server does, from a folder on disk: `site.json` is that server's table,
// which a test of `crates/site` writes and keeps fresh.

import { readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import table from './site.json' with { type: 'json' };

/** Where the page lives. Its web origin is `selvage://app`. */
export const SCHEME = 'selvage';
export const ORIGIN: string = `${SCHEME}://app`;

/** Answers one request for a file below the folder; whatever else is asked for is not there. */
export async function answer(folder: string, request: Request): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'only GET and HEAD', { Allow: 'GET, HEAD' });
  const name = nameOf(request.url);
  const file = name === undefined ? undefined : await fileOf(folder, name);
  if (name === undefined || file === undefined) return plain(404, 'not found');
  const extension = /\.([^./]*)$/.exec(name)?.[1] ?? '';
  const policy = policyOf(name, extension);
  const headers = {
    ...table.headers,
    'Content-Type': (table.types as Record<string, string>)[extension] ?? table.bytes,
    'Cache-Control': 'no-cache',
    ...(policy === undefined ? {} : { 'Content-Security-Policy': policy }),
  };
  return new Response(request.method === 'HEAD' ? null : new Uint8Array(await readFile(file)), { headers });
}

/** The name of a file that an address means, where it means one that may be asked for. */
function nameOf(address: string): string | undefined {
  // Not by `URL`, which takes dots and backslashes for a path's own way upwards before anybody could look at them.
  const [, path] = /^selvage:\/\/app(\/[^?#]*)(?:[?#]|$)/.exec(address) ?? [];
  if (path === undefined) return undefined;
  try {
    const name = decodeURIComponent(path.endsWith('/') ? `${path}index.html` : path).slice(1);
    const isPlain = (part: string): boolean => part !== '' && !part.startsWith('.') && !/[\\:\0]/.test(part);
    return name.split('/').every(isPlain) && !name.endsWith('.br') ? name : undefined;
  } catch {
    return undefined;
  }
}

/** The file, where it lies in the folder: a link may point out of it. */
async function fileOf(folder: string, name: string): Promise<string | undefined> {
  try {
    const [top, file] = [await realpath(folder), await realpath(join(folder, name))];
    return file.startsWith(top + sep) && (await stat(file)).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}

function policyOf(name: string, extension: string): string | undefined {
  if (extension === 'html') return table.policies.page;
  if (extension === 'svg') return table.policies.image;
  if (extension !== 'js' && extension !== 'mjs') return undefined;
  if (name === 'sw.js') return table.policies.serviceWorker;
  return /(?:^|\/)runner(?:-[^/]*)?\.js$/.test(name) ? table.policies.runner : table.policies.kernel;
}

const plain = (status: number, text: string, more: Record<string, string> = {}): Response =>
  new Response(text, { status, headers: { ...table.headers, 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store', ...more } });
