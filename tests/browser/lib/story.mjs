// What somebody at random does with a workspace, and what was acknowledged of it.
//
// Every write brings in a *token*, a text that is nowhere else. A write that was answered with ok is acknowledged, and its
// token must be found for ever: in what files hold, or, where a later write or deletion covers it, in the history.

import { call, find, until } from './workbench.mjs';

/** Everything happens below this folder. */
export const FOLDER = 'shared';
/** A file beside it that is typed into through the editor, and stays where it is. */
export const TYPED = 'typed.md';

const FILES_MAX = 50;
const FOLDERS_MAX = 10;
const CHARS_MAX = 4_000;
const AROUND_MS = 6_000;

/** Codes of calls that came too late: another writer was faster. */
const TOO_LATE = new Set(['STALE', 'NOT_FOUND', 'ALREADY_EXISTS', 'NOT_A_FILE', 'NOT_A_FOLDER', 'PATCH_FAILED', 'MOVE_INTO_SELF']);

/** What was done. */
export class Model {
  /** What each token was written by: `{ who, what, path, change }`; `change` where the history names it. */
  acknowledged = new Map();
  counts = {};
  /** When something was done that is not a write: moves, deletions, and whatever befell the places. */
  #events = [];
  #next = 0;

  constructor(seed) {
    this.seed = seed;
  }

  token() {
    this.#next += 1;
    return `[${this.seed.toString(36)}-${this.#next}]`;
  }

  count(what, more = '') {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
    this.#events.push({ atMs: performance.now(), what, more });
  }

  wrote(token, write) {
    this.acknowledged.set(token, { ...write, atMs: performance.now(), clockMs: Date.now() });
    this.count(write.what, `${write.path} by ${write.who}: ${token}`);
  }

  /** What happened around a write, a line each: whoever looks for a lost one begins here. */
  around({ atMs }) {
    const near = this.#events.filter((event) => Math.abs(event.atMs - atMs) < AROUND_MS);
    return near.map((event) => `${((event.atMs - atMs) / 1_000).toFixed(2)} s: ${event.what} ${event.more}`);
  }
}

/** Does one thing in a page. `who` is for messages. */
export async function doOne(model, random, who, page) {
  const whole = (max) => Math.floor(random() * max);
  const listed = await call(page, 'ls', { path: FOLDER, recursive: true });
  if (!listed.ok) throw new Error(`ls: ${JSON.stringify(listed.error)}`);
  const files = listed.value.entries.filter(({ kind }) => kind === 'file').map(({ path }) => path);
  const folders = [FOLDER, ...listed.value.entries.filter(({ kind }) => kind === 'folder').map(({ path }) => path)];
  const one = (list) => list[whole(list.length)];
  const ask = async (name, input) => {
    const result = await call(page, name, input);
    if (result.ok) return result.value;
    if (!TOO_LATE.has(result.error.code)) throw new Error(`${name} ${JSON.stringify(input).slice(0, 300)}: ${JSON.stringify(result.error)}`);
    model.count('too late');
    return undefined;
  };
  const act = drawn(random);
  await act({ model, who, page, files, folders, one, whole, ask });
}

function drawn(random) {
  let at = random() * SHARES;
  return ACTS.find(([share]) => (at -= share) < 0)[1];
}

const fresh = (token) => `# ${token}\n\nfirst line\nlast line\n`;

/** How often each is done, as shares. */
const ACTS = [
  [6, async function draft({ model, who, page, files, one, whole, ask }) {
    if (files.length === 0) return;
    const path = one(files);
    const old = await ask('read', { path });
    if (old === undefined || old.size > CHARS_MAX) return;
    const token = model.token();
    const lines = old.content.split('\n');
    lines.splice(whole(lines.length), 0, `typed ${token}`);
    const done = await ask('write', { path, content: lines.join('\n'), base: old.hash, draft: true });
    if (done) model.wrote(token, { who, what: 'drafts', path, id: (await call(page, 'stat', { path })).value?.id, base: old.hash, hash: done.hash });
  }],
  [3, async function write({ model, who, files, one, ask }) {
    if (files.length === 0) return;
    const token = model.token();
    const path = one(files);
    const done = await ask('write', { path, content: fresh(token) });
    if (done) model.wrote(token, { who, what: 'writes', path, change: done.change });
  }],
  [3, async function patch({ model, who, files, one, ask }) {
    const paths = [...new Set([one(files), one(files)])].filter(Boolean);
    const edits = [];
    for (const path of paths) {
      const old = await ask('read', { path });
      if (old === undefined || !old.content.startsWith('# ')) return;
      const line = old.content.slice(0, old.content.indexOf('\n'));
      edits.push({ path, find: line, replace: `${line} and ${model.token()}` });
    }
    const done = edits.length > 0 && (await ask('apply_patch', { edits }));
    if (!done) return;
    for (const { path, replace } of edits) model.wrote(replace.slice(replace.lastIndexOf('[')), { who, what: 'patches', path, change: done.change });
  }],
  [3, async function create({ model, who, files, folders, one, whole, ask }) {
    if (files.length >= FILES_MAX) return;
    const token = model.token();
    const path = `${one(folders)}/file-${whole(30)}.md`;
    const done = await ask('write', { path, content: fresh(token), createOnly: true });
    if (done) model.wrote(token, { who, what: 'files made', path, change: done.change });
  }],
  [3, async function move({ model, files, folders, one, whole, ask }) {
    if (files.length === 0) return;
    const [from, to] = [one(files), `${one(folders)}/file-${whole(30)}.md`];
    const done = await ask('move', { from, to });
    if (done) model.count('moves', `${from} to ${to}`);
  }],
  [1, async function moveFolder({ model, folders, one, whole, ask }) {
    const from = one(folders);
    if (from === FOLDER) return;
    const to = `${one(folders)}/folder-${whole(12)}`;
    const done = await ask('move', { from, to });
    if (done) model.count('folder moves', `${from} to ${to}`);
  }],
  [1, async function mkdir({ model, folders, one, whole, ask }) {
    if (folders.length >= FOLDERS_MAX) return;
    const done = await ask('mkdir', { path: `${one(folders)}/folder-${whole(12)}` });
    if (done) model.count('folders made');
  }],
  [1.2, async function remove({ model, files, one, ask }) {
    if (files.length === 0) return;
    const path = one(files);
    const done = await ask('delete', { path });
    if (done) model.count('deletions', path);
  }],
  [0.2, async function removeFolder({ model, folders, one, ask }) {
    const path = one(folders);
    if (path === FOLDER) return;
    const done = await ask('delete', { path });
    if (done) model.count('folder deletions', path);
  }],
  [2, async function type({ model, who, page }) {
    if (!(await page.evaluate(giveKeys))) return;
    const token = model.token();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.keyboard.type(token);
    // What the editor wrote and the workspace took is read back; before that, nothing was said to be kept.
    const isKept = async () => (await call(page, 'read', { path: TYPED })).value?.content.includes(token);
    await until(`${who} keeps what was typed`, isKept, 15_000);
    model.wrote(token, { who, what: 'lines typed in an editor', path: TYPED });
  }],
];
const SHARES = ACTS.reduce((sum, [share]) => sum + share, 0);

/** Opens the file that is typed into. */
export async function openTyped(page) {
  await page.bringToFront();
  const item = await find(page, 'treeitem', new RegExp(TYPED));
  await item.click();
  await until('the file can be typed into', () => page.evaluate(giveKeys));
}

/** Gives the keys to the editor, which has a shadow tree of its own; whether there is one. Runs in the page. */
function giveKeys() {
  const roots = [document];
  for (const root of roots) {
    const editor = root.querySelector('.cm-content');
    editor?.focus();
    if (editor !== null && root.activeElement === editor) return true;
    for (const { shadowRoot } of root.querySelectorAll('*')) if (shadowRoot) roots.push(shadowRoot);
  }
  return false;
}
