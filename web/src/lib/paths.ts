// Workspace paths: parts joined by slashes, no leading slash, the root is the empty text.

export const join = (folder: string, name: string): string => (folder ? `${folder}/${name}` : name);
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
export const parentOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '');
export const isInside = (path: string, folder: string): boolean => folder === '' || path === folder || path.startsWith(`${folder}/`);
/** Whether the file can be run, as `flow_list` has it: JavaScript by the end of its name, Python where its folder does not say otherwise. */
export const isFlow = (path: string): boolean =>
  /[^/]\.flow\.m?js$/.test(path) || (/(?:^|\/)[^_/][^/]*\.py$/.test(path) && !/^(?:modules|forms|agents|apps|configs)\//.test(withoutScope(path)));
/** Whether the editor shows what lint says of it: what can be run, the Python that others import, and manifests. A `.js` file may be a page's, to which the rules for flows do not apply. */
export const isLinted = (path: string): boolean => isFlow(path) || path.endsWith('.py') || isManifest(path);
/** Whether names of the file lead to definitions: those of Python, and references in strings. */
export const hasDefinitions = (path: string): boolean => /\.(?:py|json|ya?ml)$/.test(path);

/** Whether the file is a form, by the folder of forms and the end of its name. */
export const isForm = (path: string): boolean => /^forms\/(?:.*\/)?[^/]+\.form\.(?:json|ya?ml)$/.test(withoutScope(path));
/** What says what agents and flows may do. */
export const POLICY_FILE = 'selvage.policy.yaml';
/** What names flows, and says what they run with. */
export const FLOWS_FILE = 'flows/flow.config.json';
/** Whether the engine itself goes by the file: `lint_flow` says what is wrong with it. */
export const isManifest = (path: string): boolean => path === POLICY_FILE || path === FLOWS_FILE;
/** Whether it belongs to a workspace that is mounted here, which is not changed here. */
export const isMounted = (path: string): boolean => /^scopes(?:\/|$)/i.test(path);
/** The name of the mounted workspace whose folder this is. */
export const mountOf = (path: string): string | undefined => /^scopes\/([^/]+)$/.exec(path)?.[1];
/** The path in its own workspace of what is mounted here. */
export const withoutScope = (path: string): string => path.replace(/^(?:scopes\/[^/]+\/)+/, '');
/** Where a file of a scope lies here: one of `global/base` in `scopes/global/scopes/base/`. */
export const placeOf = (path: string, scope?: string): string => (scope === undefined ? path : `scopes/${scope.replaceAll('/', '/scopes/')}/${path}`);

/** The folders above a path, outermost first. */
export function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let folder = parentOf(path); folder; folder = parentOf(folder)) folders.unshift(folder);
  return folders;
}

/** A folder as it is named in a sentence. */
export const folderWords = (folder: string): string => (folder ? `${folder}/` : 'the top folder');

/** The ending in lower case without its dot; of `a.flow.js` it is `flow.js`. */
export function endingOf(path: string): string {
  const name = nameOf(path).toLowerCase();
  const flow = /\.(flow\.m?js)$/.exec(name);
  if (flow?.[1]) return flow[1];
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot + 1) : '';
}

/** The path that `path` has after `from` became `to`. */
export function moved(path: string, from: string, to: string): string {
  return path === from ? to : path.startsWith(`${from}/`) ? to + path.slice(from.length) : path;
}

/** Names that only differ in case or composition are one name to many file systems. */
export const folded = (name: string): string => name.normalize('NFC').toLowerCase();

/** A name that is free among `taken`: `a.txt`, `a 2.txt`, `a 3.txt`. */
export const freeName = (name: string, taken: readonly string[]): string => freeAmong(name, new Set(taken.map(folded)));

/** The same among names that are folded, for whoever asks for many. */
export function freeAmong(name: string, used: ReadonlySet<string>): string {
  if (!used.has(folded(name))) return name;
  const ending = endingOf(name);
  const stem = ending ? name.slice(0, name.length - ending.length - 1) : name;
  for (let count = 2; ; count++) {
    const candidate = ending ? `${stem} ${count}.${ending}` : `${stem} ${count}`;
    if (!used.has(folded(candidate))) return candidate;
  }
}

/** Why a name can't be used beside its siblings, or nothing. The kernel has the last word; this is for the field. */
export function nameProblem(name: string, siblings: readonly string[] = []): string | undefined {
  if (name === '') return 'A name is needed.';
  if (name === '.' || name === '..') return '“.” and “..” are not names.';
  if (name.includes('/')) return 'A name has no slash. Move the file to put it elsewhere.';
  if (/[\u0000-\u001f\u007f]/.test(name)) return 'A name has no control characters.';
  if (new TextEncoder().encode(name).length > 255) return 'A name has at most 255 bytes.';
  const taken = siblings.find((one) => folded(one) === folded(name));
  if (taken !== undefined) return `“${taken}” is there already.`;
  return undefined;
}

/** The same for a new entry, which may name the folders on the way to it. */
export function newProblem(path: string, siblings: readonly string[] = []): string | undefined {
  const names = path.split('/');
  return names.map((name) => nameProblem(name, names.length > 1 ? [] : siblings)).find((problem) => problem !== undefined);
}

/** The folder that a new entry is counted from, and its path from there: a leading slash counts from the top. */
export const newPlace = (folder: string, typed: string): { folder: string; path: string } => (typed.startsWith('/') ? { folder: '', path: typed.slice(1) } : { folder, path: typed });

export type FileFamily = 'flow' | 'script' | 'json' | 'markdown' | 'table' | 'image' | 'python' | 'text' | 'other';

const FAMILIES: Record<string, FileFamily> = {
  'flow.js': 'flow', 'flow.mjs': 'flow',
  js: 'script', mjs: 'script', ts: 'script', jsx: 'script', tsx: 'script',
  json: 'json', bifrost: 'json', webmanifest: 'json',
  md: 'markdown', markdown: 'markdown',
  csv: 'table', tsv: 'table',
  py: 'python',
  png: 'image', jpg: 'image', jpeg: 'image', gif: 'image', webp: 'image', avif: 'image', svg: 'image', bmp: 'image', ico: 'image',
  txt: 'text', log: 'text', yaml: 'text', yml: 'text', toml: 'text', html: 'text', css: 'text', xml: 'text',
};

export const familyOf = (path: string): FileFamily => FAMILIES[endingOf(path)] ?? 'other';

const MEDIA: Record<string, string> = {
  png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp', avif: 'image/avif',
  svg: 'image/svg+xml', bmp: 'image/bmp', ico: 'image/x-icon', json: 'application/json', md: 'text/markdown',
  csv: 'text/csv', txt: 'text/plain', html: 'text/plain', pdf: 'application/pdf', zip: 'application/zip',
};

export const mediaTypeOf = (path: string): string => MEDIA[endingOf(path)] ?? 'application/octet-stream';
