// A large file goes in and out piece by piece, and comes to other tabs and devices.

import { strict as assert } from 'node:assert';
import { createHash, randomFillSync } from 'node:crypto';
import { closeSync, createReadStream, existsSync, ftruncateSync, mkdtempSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openChromium, openFirefox } from './lib/browsers.mjs';
import { pairDevices } from './lib/devices.mjs';
import { growthDuring } from './lib/memory.mjs';
import { startRelay } from './lib/relay.mjs';
import { removeFolder, test } from './lib/suite.mjs';
import { call, click, openWorkbench, shows, until, value } from './lib/workbench.mjs';

const MIB = 1024 * 1024;
const SIZE_MIB = Number(process.env.SELVAGE_LARGE_MIB ?? 256);
/** A relay keeps letters of 256 MiB for devices that are away. */
const MAILED_MIB = Math.min(SIZE_MIB, 96);
/** What a browser may take while a file goes through it, however large that is. */
const GROWTH_BYTES_MAX = 96 * MIB;
const TIME_MS_MAX = 120_000 + SIZE_MIB * 1_000;

function freshFolder(defer) {
  const folder = mkdtempSync(join(tmpdir(), 'selvage-large-'));
  defer(async () => removeFolder(folder));
  return folder;
}

/** A file of random bytes, and its hash. */
function makeFile(folder, name, mib = SIZE_MIB) {
  const path = join(folder, name);
  const file = openSync(path, 'w');
  const sum = createHash('sha256');
  const piece = Buffer.alloc(MIB);
  for (let number = 0; number < mib; number += 1) {
    randomFillSync(piece);
    sum.update(piece);
    writeSync(file, piece);
  }
  closeSync(file);
  return { path, name, hash: sum.digest('hex'), size: mib * MIB };
}

async function hashOf(path) {
  const sum = createHash('sha256');
  for await (const piece of createReadStream(path)) sum.update(piece);
  return sum.digest('hex');
}

/** The page has no picker for a place: what it saves goes to the browser's downloads. */
const withoutPicker = () => delete globalThis.showSaveFilePicker;
/** The dialog of the browser can't be used here; its field waits in the page for a file. */
const withField = () => (HTMLInputElement.prototype.click = function () { document.body.append(this); });

async function upload(page, path) {
  await page.evaluate(withField);
  await click(page, 'button', 'Upload files');
  const field = await page.waitForSelector('body > input[type=file]', { state: 'attached' });
  await (field.setInputFiles ?? field.uploadFile).call(field, path);
  await field.evaluate((element) => element.remove());
}

const has = (page, { name, hash }) => until(`${name} is there`, async () => (await value(page, 'stat', { path: name })).hash === hash, TIME_MS_MAX);

/** Opens a file in the explorer and presses Download. */
async function download(page, { name }) {
  await click(page, 'treeitem', new RegExp(name.replace('.', '\\.')));
  await click(page, 'button', 'Download');
}

/** Waits until a download of this size lies in a folder, and gives its path. */
const downloaded = (folder, size) =>
  until('the download is whole', () => {
    const found = readdirSync(folder).map((name) => join(folder, name));
    return found.find((path) => existsSync(path) && statSync(path).size === size && !path.endsWith('.part'));
  }, TIME_MS_MAX);

/** A Firefox whose downloads go to a folder of ours. */
async function openSaving(defer) {
  const saved = freshFolder(defer);
  const firefox = await openFirefox(defer, { 'browser.download.folderList': 2, 'browser.download.dir': saved, 'browser.download.useDownloadDir': true });
  return { firefox, saved };
}

/** The browser's own process, above all others of it. */
async function processOf(context) {
  const session = await context.browser().newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  return processInfo.find(({ type }) => type === 'browser').id;
}

test('a large file is uploaded piece by piece, comes to a second tab, and is the same when it is downloaded', { timeMsMax: TIME_MS_MAX }, async ({ server, defer, note }) => {
  const folder = freshFolder(defer);
  const file = makeFile(folder, 'large.bin');
  const context = await openChromium(defer, { acceptDownloads: true });
  await context.addInitScript(withoutPicker);
  const root = await processOf(context);
  const page = await context.newPage();
  await openWorkbench(page, server.url);
  const start = performance.now();
  const into = await growthDuring(root, async () => {
    await upload(page, file.path);
    await shows(page, /Uploading “large\.bin”/);
    await has(page, file);
  });
  note(`uploaded ${SIZE_MIB} MiB in ${((performance.now() - start) / 1000).toFixed(1)} s; memory grew by ${(into / MIB).toFixed(0)} MiB`);
  await shows(page, /Uploaded “large\.bin”/);
  assert.equal((await value(page, 'stat', { path: file.name })).size, file.size);

  const second = await context.newPage();
  await openWorkbench(second, server.url);
  await has(second, file);

  await page.reload();
  for (const [one, words] of [[page, 'after a reload'], [second, 'in the second tab']]) {
    await one.bringToFront();
    const out = await growthDuring(root, async () => {
      const [saved] = await Promise.all([one.waitForEvent('download', { timeout: TIME_MS_MAX }), download(one, file)]);
      assert.equal(await hashOf(await saved.path()), file.hash, words);
    });
    note(`downloaded ${words}; memory grew by ${(out / MIB).toFixed(0)} MiB`);
    assert.ok(out < GROWTH_BYTES_MAX, `${words}: ${out}`);
  }
  assert.ok(into < GROWTH_BYTES_MAX, `${into}`);
});

test('where the browser asks for a place, the file is written there', { timeMsMax: TIME_MS_MAX }, async ({ server, defer }) => {
  const file = makeFile(freshFolder(defer), 'large.bin', 12);
  const page = await (await openChromium(defer)).newPage();
  // As the picker does, for a person who chose a file.
  await page.addInitScript(() => {
    const chosen = async () => (await navigator.storage.getDirectory()).getFileHandle('chosen', { create: true });
    globalThis.showSaveFilePicker = ({ suggestedName }) => ((globalThis.suggested = suggestedName), chosen());
    globalThis.written = async () => {
      const hash = await crypto.subtle.digest('SHA-256', await (await (await chosen()).getFile()).arrayBuffer());
      return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
    };
  });
  await openWorkbench(page, server.url);
  await upload(page, file.path);
  await has(page, file);
  await download(page, file);
  await until('it is written', async () => (await page.evaluate(() => globalThis.written())) === file.hash);
  assert.equal(await page.evaluate(() => globalThis.suggested), file.name);
});

test('an upload that is cancelled, or is too large, leaves nothing', { timeMsMax: TIME_MS_MAX }, async ({ server, defer }) => {
  const folder = freshFolder(defer);
  const file = makeFile(folder, 'large.bin');
  const page = await (await openChromium(defer)).newPage();
  await openWorkbench(page, server.url);
  await upload(page, file.path);
  await click(page, 'button', 'Cancel');
  await shows(page, /The upload of “large\.bin” was cancelled/);
  assert.equal((await call(page, 'stat', { path: file.name })).ok, false);
  const named = await call(page, 'write', { path: file.name, content: file.hash, encoding: 'hash' });
  assert.equal(named.error?.code, 'NOT_FOUND', 'nothing is stored');

  const huge = join(folder, 'huge.bin');
  const handle = openSync(huge, 'w');
  ftruncateSync(handle, 513 * MIB);
  closeSync(handle);
  await upload(page, huge);
  await shows(page, /“huge\.bin” was not uploaded: it has 513 MB, and the most is 512 MB/);
  assert.equal((await call(page, 'stat', { path: 'huge.bin' })).ok, false);
});

test('a run that may read a file larger than its memory does not take it in, and is told when it reads it', { timeMsMax: TIME_MS_MAX }, async ({ server, defer, note }) => {
  const file = makeFile(freshFolder(defer), 'large.bin', 160);
  const context = await openChromium(defer);
  const page = await context.newPage();
  await openWorkbench(page, server.url);
  await upload(page, file.path);
  await has(page, file);
  const source = "export default async (flow) => {\n  try { await flow.fs.read('large.bin'); } catch (error) { return error.code; }\n};\n";
  await value(page, 'write', { path: 'flows/reads.flow.js', content: source });
  let record;
  const growth = await growthDuring(await processOf(context), async () => {
    record = await value(page, 'run_flow', { path: 'flows/reads.flow.js' });
  });
  note(`memory grew by ${(growth / MIB).toFixed(0)} MiB`);
  assert.equal(record.value, 'TOO_LARGE');
  assert.ok(growth < file.size, `${growth}`);
});

test('Firefox takes a large file in and gives it out again', { timeMsMax: TIME_MS_MAX }, async ({ server, defer, note }) => {
  const file = makeFile(freshFolder(defer), 'large.bin');
  const { firefox, saved } = await openSaving(defer);
  const page = await firefox.newPage();
  await openWorkbench(page, server.url);
  const { pid } = firefox.process();
  const into = await growthDuring(pid, async () => {
    await upload(page, file.path);
    await has(page, file);
  });
  await page.reload();
  await has(page, file);
  const out = await growthDuring(pid, async () => {
    await download(page, file);
    assert.equal(await hashOf(await downloaded(saved, file.size)), file.hash);
  });
  note(`${SIZE_MIB} MiB in and out; memory grew by ${(into / MIB).toFixed(0)} and ${(out / MIB).toFixed(0)} MiB`);
  assert.ok(into < GROWTH_BYTES_MAX, `${into}`);
  assert.ok(out < GROWTH_BYTES_MAX, `${out}`);
});

test('a large file of a Chromium comes to a paired Firefox', { timeMsMax: TIME_MS_MAX }, async ({ server, defer, note }) => {
  const file = makeFile(freshFolder(defer), 'large.bin', MAILED_MIB);
  const relay = await startRelay(defer, server.origin);
  const { firefox, saved } = await openSaving(defer);
  const [a, b] = [await (await openChromium(defer)).newPage(), await firefox.newPage()];
  await pairDevices(a, b, { server, relay, role: 'editor' });
  for (const one of [a, b]) await one.keyboard.press('Escape');
  await upload(a, file.path);
  await has(a, file);
  const start = performance.now();
  await has(b, file);
  note(`${MAILED_MIB} MiB were on the other device after ${((performance.now() - start) / 1000).toFixed(1)} s`);
  await download(b, file);
  assert.equal(await hashOf(await downloaded(saved, file.size)), file.hash);
});
