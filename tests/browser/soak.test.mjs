// Three tabs of Chromium, a Firefox and a host work on one workspace over a relay while all of them are killed and frozen
// at random. In the end all are equal, and nothing that was acknowledged is lost. `SELVAGE_SOAK_SECONDS=300` is the full run; it runs only when asked for.

import { strict as assert } from 'node:assert';
import { workspaceOf } from '../clients/lib/host.mjs';
import { openChromium, openFirefox } from './lib/browsers.mjs';
import { inviteOne, pairDevices } from './lib/devices.mjs';
import { deviceFaults, tabFaults } from './lib/faults.mjs';
import { joinHost, startMember } from './lib/member.mjs';
import { Place } from './lib/places.mjs';
import { randomFrom, seedOf } from './lib/random.mjs';
import { startRelay } from './lib/relay.mjs';
import { FOLDER, Model, TYPED, doOne, openTyped } from './lib/story.mjs';
import { test } from './lib/suite.mjs';
import { until, value } from './lib/workbench.mjs';

const SECONDS = Number(process.env.SELVAGE_SOAK_SECONDS ?? 0);
const CALM_MS_MAX = 120_000;
const ACT_MS_MAX = 250;
const FAULT_MS_MAX = 2_500;
const NEAR_MS = 5_000;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

if (SECONDS > 0) test(`${SECONDS} s of work in three tabs, a Firefox and a host that are killed and frozen: all are equal, and nothing acknowledged is lost`, { timeMsMax: SECONDS * 1_000 + 400_000 }, async ({ server, defer, note }) => {
  const seed = seedOf('SELVAGE_SOAK_SEED');
  note(`seed ${seed} (SELVAGE_SOAK_SEED repeats what is done, though not when)`);
  const model = new Model(seed);
  const relay = await startRelay(defer, server.origin);
  const [context, firefox] = [await openChromium(defer), await openFirefox(defer)];
  const tabs = ['first tab', 'second tab', 'third tab'].map((name) => new Place(name, () => context.newPage(), server.url, openTyped));
  const other = new Place('Firefox', () => firefox.newPage(), server.url, openTyped);
  const places = [...tabs, other];

  [tabs[0].page, other.page] = [await tabs[0].blank(), await other.blank()];
  await pairDevices(tabs[0].page, other.page, { server, relay, role: 'editor' });
  const workspace = workspaceOf(defer, {});
  await joinHost(tabs[0].page, await inviteOne(tabs[0].page, 'editor'), workspace.folder);
  let host = await startMember(defer, workspace.folder);
  await value(tabs[0].page, 'write', { path: TYPED, content: 'top\n' });
  await value(tabs[0].page, 'write', { path: `${FOLDER}/begin.md`, content: '# begin\n' });
  for (const { page } of [tabs[0], other]) {
    await until('the file has come', async () => value(page, 'read', { path: `${FOLDER}/begin.md` }));
    await page.keyboard.press('Escape');
    await openTyped(page);
  }
  for (const place of tabs.slice(1)) await place.open();

  /** While the host is away, somebody writes into its folder; so it has something of its own to bring. */
  const restart = async (how, awayMs) => {
    await host[how]();
    const [token, path] = [model.token(), `host-${model.acknowledged.size}.md`];
    workspace.write(path, `# ${token}\n`);
    model.wrote(token, { who: 'host', what: 'writes on the host', path });
    await pause(awayMs);
    host = await startMember(defer, workspace.folder);
  };

  const endMs = performance.now() + SECONDS * 1_000;
  const randomOf = (number) => randomFrom(seed + number);
  const count = (what) => model.count(what);
  const actors = places.map((place, number) => {
    const random = randomOf(number);
    return place.actUntil(endMs, (page) => doOne(model, random, place.name, page), () => random() * ACT_MS_MAX);
  });
  const troubles = [
    await tabFaults({ context, places: tabs, random: randomOf(10), count, defer }),
    deviceFaults({ relay, host: { restart }, firefox, place: other, random: randomOf(11), count, defer }),
  ].map(async (trouble, number) => {
    const random = randomOf(20 + number);
    while (performance.now() < endMs) {
      await pause(random() * FAULT_MS_MAX);
      await trouble();
    }
  });
  try {
    await Promise.all([...actors, ...troubles]);
  } finally {
    note(Object.entries(model.counts).map(([what, times]) => `${times} ${what}`).join(', '));
    for (const { name, unopened } of places) if (unopened > 0) note(`${unopened} times no workbench came up in ${name}`);
    for (const fault of places.flatMap(({ faults }) => faults)) note(fault.slice(0, 2_000));
  }

  // Everybody is left in peace.
  for (const place of tabs) if (place.page === undefined) await place.open();
  const calm = performance.now();
  await allEqual(places);
  await hostIsEqual();
  note(`equal after ${((performance.now() - calm) / 1000).toFixed(1)} s`);

  /** Waits until the host has the same, and says where it differs if it never does. It is down whenever its folder is looked at. */
  async function hostIsEqual() {
    const end = performance.now() + CALM_MS_MAX;
    for (let upMs = 5_000; ; upMs *= 2) {
      await host.stop();
      const there = new Set(workspace.hashes());
      host = await startMember(defer, workspace.folder);
      const here = new Set((await treeOf(tabs[0].page)).split('\n'));
      const differences = [...missing('the host', here, there), ...missing('the tabs', there, here)];
      if (differences.length === 0) return;
      if (performance.now() > end) throw new Error(`the host did not become equal:\n${differences.join('\n')}\n${host.said()}`);
      await pause(upMs);
    }
  }

  const conflicts = await Promise.all(places.map(({ page }) => value(page, 'conflicts', { limit: 1_000 })));
  for (const found of conflicts.slice(1)) assert.deepEqual(found, conflicts[0], 'all list the same conflicts');
  note(`${conflicts[0].total} conflicts are listed`);
  const listed = new Set(conflicts[0].conflicts.flatMap(({ versions }) => versions.map(({ path }) => path)));
  const { entries } = await value(tabs[0].page, 'ls', { path: '', recursive: true });
  for (const { path, name } of entries) if (name.includes('~')) assert.ok(listed.has(path), `${path} is in no conflict`);

  const lost = await until('what is lost is known', () => lostOf(other.page, [...model.acknowledged]), CALM_MS_MAX);
  for (const [token, write] of lost) {
    note([`${token} is lost, of ${JSON.stringify(write)}. Around it:`, ...model.around(write)].join('\n    '));
    note([`its file after each change:`, ...(await storyOf(other.page, token, write))].join('\n    '));
  }
  assert.deepEqual(lost, [], 'nothing acknowledged is lost');
  note(`${model.acknowledged.size} acknowledged writes are there or in the history`);
  assert.deepEqual(places.flatMap(({ faults }) => faults), [], 'no page told of a fault');
});

/** Waits until all places show the same, and says where they differ if they never do. */
async function allEqual(places) {
  const look = () => Promise.all(places.map(async ({ page }) => new Set((await treeOf(page)).split('\n'))));
  try {
    await until('all tabs and the Firefox are equal', async () => new Set((await look()).map((lines) => [...lines].join('\n'))).size === 1, CALM_MS_MAX);
  } catch (error) {
    const trees = await look();
    const inAll = (line) => trees.every((tree) => tree.has(line));
    const differences = trees.map((tree, number) => [`${places[number].name} alone or with some:`, ...[...tree].filter((line) => !inAll(line))].join('\n  '));
    throw new Error(`${error.message}\n${differences.join('\n')}`, { cause: error });
  }
}

/** A line for each that one has and `who` has not. */
function missing(who, of, here) {
  return [...of].filter((line) => !here.has(line)).map((line) => `${who} lacks ${line}`);
}

/** Everything with its hash, as one text. */
async function treeOf(page) {
  const { entries } = await value(page, 'ls', { path: '', recursive: true });
  return entries.map(({ hash, path }) => `${hash} ${path}`).sort().join('\n');
}

/** What the file of a write held after each change near it, a line each: the newest 10,000 changes are looked at. */
async function storyOf(page, token, { id, clockMs }) {
  const { changes } = await value(page, 'history', { limit: 10_000 });
  const near = changes.filter(({ atMs }) => Math.abs(atMs - clockMs) < NEAR_MS).sort((a, b) => a.atMs - b.atMs);
  const lines = [];
  for (const { atMs, change, heads, message, origin } of near) {
    const { entries } = await value(page, 'ls', { path: '', recursive: true, at: heads });
    const entry = entries.find((entry) => entry.id === id);
    const content = entry && (await value(page, 'read', { path: entry.path, at: heads })).content;
    const held = content === undefined ? 'is not there' : `${content.includes(token) ? 'has it' : 'has it not'}: ${JSON.stringify(content).slice(0, 400)}`;
    lines.push(`${((atMs - clockMs) / 1_000).toFixed(3)} s ${change.slice(0, 6)} ${origin.kind} ${message.slice(0, 100)} -> ${entry?.path} ${held}`);
  }
  return lines;
}

/** The acknowledged writes whose tokens are neither in a file nor in the history. */
const lostOf = (page, acknowledged) =>
  page.evaluate(async (acknowledged) => {
    const ask = async (name, input) => {
      const result = await window.selvage.tools.call(name, input);
      if (!result.ok) throw new Error(`${name} ${JSON.stringify(input)}: ${JSON.stringify(result.error)}`);
      return result.value;
    };
    const missing = new Map(acknowledged);
    const seen = new Set();
    const look = async (at) => {
      const { entries } = await ask('ls', { path: '', recursive: true, ...at });
      for (const { kind, path, hash } of entries) {
        if (kind !== 'file' || seen.has(hash)) continue;
        seen.add(hash);
        const { content } = await ask('read', { path, ...at });
        for (const token of missing.keys()) if (content.includes(token)) missing.delete(token);
      }
    };
    // What the history names for a write holds that write.
    for (const [token, { path, change }] of acknowledged) {
      if (change === undefined) continue;
      const { content } = await ask('read', { path, at: change });
      if (!content.includes(token)) throw new Error(`${path} at the heads of its write lacks ${token}`);
      missing.delete(token);
    }
    await look({});
    const { changes } = await ask('history', { limit: 10_000 });
    for (const { heads } of changes) {
      if (missing.size === 0) break;
      await look({ at: heads });
    }
    return [...missing];
  }, acknowledged);
