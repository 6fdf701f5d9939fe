// Acknowledged means durable: the browser is killed again and again while a script writes, and each
// time everything that was acknowledged is there, and nothing is half there.

import { strict as assert } from 'node:assert';
import puppeteer from 'puppeteer-core';
import { CHROMIUM, CHROMIUM_ARGS, freshProfile } from './lib/browsers.mjs';
import { randomFrom, seedOf } from './lib/random.mjs';
import { test } from './lib/suite.mjs';
import { call, openWorkbench, until } from './lib/workbench.mjs';
import { FIRST, FOLDER, bytesOf, firstFiles, sha256, stateText, story } from './lib/writes.mjs';

const KILLS = Number(process.env.SELVAGE_KILLS ?? 100);
/** Profiles that are written and killed side by side. */
const LANES = 2;
/** More calls than fit before any kill. */
const CALLS_MAX = 250;
const KILL_MS_MAX = 450;
/** Calls that are under way at the same time, so that some are always unanswered. */
const WIDTH = 3;

test(`${KILLS} kills of the browser while it writes: every acknowledged write is there, and nothing is half there`, { timeMsMax: 1_200_000 }, async ({ server, defer, note }) => {
  const seed = seedOf('SELVAGE_KILL_SEED');
  note(`seed ${seed} (SELVAGE_KILL_SEED repeats it)`);
  const lanes = Array.from({ length: LANES }, (_, lane) => ({
    url: server.url,
    profile: freshProfile(defer),
    random: randomFrom(seed + lane),
    kills: Math.ceil((KILLS - lane) / LANES),
    told: { kills: 0, acknowledged: 0, unanswered: 0, ahead: 0 },
  }));
  await Promise.all(lanes.map(runLane));
  const sum = (key) => lanes.reduce((all, { told }) => all + told[key], 0);
  note(`${sum('kills')} kills, ${sum('acknowledged')} acknowledged writes, ${sum('unanswered')} kills met a write in progress, ${sum('ahead')} times a write was kept whose answer was lost`);
  assert.ok(sum('kills') >= KILLS);
  assert.ok(sum('acknowledged') > KILLS, 'writes were going on');
  assert.ok(sum('unanswered') > KILLS / 4, 'kills met writes that were in progress');
});

async function runLane(lane) {
  let session = await open(lane);
  try {
    assert.equal((await call(session.page, FIRST.name, FIRST.input)).ok, true);
    let files = firstFiles();
    while (lane.told.kills < lane.kills) {
      const { calls, states } = story(Math.floor(lane.random() * 2 ** 31), files, CALLS_MAX);
      const acknowledged = await writeUntilKilled(session, lane, calls);
      lane.told.kills += 1;
      lane.told.acknowledged += acknowledged;
      session = await open(lane);
      files = await stateAfter(session.page, lane, { calls, states, acknowledged });
    }
  } finally {
    kill(session, true);
  }
}

async function open({ profile, url }) {
  const browser = await puppeteer.launch({
    executablePath: CHROMIUM,
    args: [...CHROMIUM_ARGS, '--disable-extensions', '--disable-features=Translate,OptimizationHints'],
    userDataDir: profile,
    pipe: true,
    defaultViewport: { width: 800, height: 600 },
  });
  const session = { browser, process: browser.process() };
  try {
    session.page = (await browser.pages())[0] ?? (await browser.newPage());
    await openWorkbench(session.page, url);
  } catch (error) {
    kill(session, true);
    throw error;
  }
  return session;
}

/** Kills the browser process, or all its processes at the same time. Nothing gets to tidy up. */
function kill({ process: child }, all) {
  try {
    process.kill(all ? -child.pid : child.pid, 'SIGKILL');
  } catch {
    // It is dead already.
  }
}

/** Writes until the browser dies, and gives how many calls in a row were acknowledged by then. */
async function writeUntilKilled(session, { random, told }, calls) {
  const gone = new Promise((resolve) => session.process.once('exit', resolve));
  const answered = new Set();
  const refused = [];
  await session.page.exposeFunction('acknowledged', (number, problem) => {
    answered.add(number);
    if (problem) refused.push(`${JSON.stringify(calls[number]).slice(0, 200)}: ${problem}`);
  });
  const all = random() < 0.5;
  await session.page.evaluate((calls) => void (window.calls = calls), calls);
  const writing = session.page.evaluate(writeAll, WIDTH).then(
    () => assert.fail(`all ${calls.length} calls were done before the kill`),
    () => undefined,
  );
  await new Promise((resolve) => setTimeout(resolve, 20 + random() * KILL_MS_MAX));
  kill(session, all);
  await gone;
  // What was left of its processes must not outlive it into the next look.
  kill(session, true);
  await writing;
  assert.deepEqual(refused, [], 'every write is one that fits');
  let row = 0;
  while (answered.has(row)) row += 1;
  assert.equal(answered.size, row, 'answers come in the order of the calls');
  if (row < calls.length) told.unanswered += 1;
  return row;
}

// Runs in the page.
async function writeAll(width) {
  const { calls } = window;
  let next = 0;
  const writer = async () => {
    while (next < calls.length) {
      const number = next++;
      const { name, input } = calls[number];
      const result = await window.selvage.tools.call(name, input);
      // Waited for, so that a writer has one call or one answer on its way when the browser dies, and no more.
      await window.acknowledged(number, result.ok ? '' : JSON.stringify(result.error));
    }
  };
  await Promise.all(Array.from({ length: width }, writer));
}

/** Finds which state of the story is there now; it must be one, and no earlier than what was acknowledged. */
async function stateAfter(page, { told }, { calls, states, acknowledged }) {
  const found = await until('the folder can be read', () => readAll(page));
  const now = stateText(found);
  const latest = Math.min(calls.length, acknowledged + WIDTH);
  for (let at = acknowledged; at <= latest; at += 1) {
    if (stateText(states[at]) !== now) continue;
    if (at > acknowledged) told.ahead += 1;
    return states[at];
  }
  const earlier = states.findIndex((files) => stateText(files) === now);
  assert.fail(
    earlier >= 0
      ? `${acknowledged} writes were acknowledged, and the state is that after ${earlier}`
      : `what is there is no state of the story: ${difference(states[acknowledged], found)}`,
  );
}

/** Every file with its bytes, read one by one: what a list says of a file must be true, too. */
async function readAll(page) {
  const read = await page.evaluate(async (folder) => {
    const { tools } = window.selvage;
    const list = await tools.call('ls', { path: folder, recursive: true });
    if (!list.ok) throw new Error(JSON.stringify(list.error));
    const files = list.value.entries.filter((entry) => entry.kind === 'file');
    return Promise.all(
      files.map(async ({ path, hash }) => {
        const result = await tools.call('read', { path, encoding: 'base64' });
        if (!result.ok) throw new Error(`${path}: ${JSON.stringify(result.error)}`);
        return { path, hash, content: result.value.content };
      }),
    );
  }, FOLDER);
  return new Map(
    read.map(({ path, hash, content }) => {
      const bytes = Buffer.from(content, 'base64');
      assert.equal(sha256(bytes), hash, `${path} holds what the list says`);
      return [path, path.endsWith('.bin') ? bytes.toString('latin1') : bytes.toString('utf8')];
    }),
  );
}

function difference(wanted, found) {
  const paths = [...new Set([...wanted.keys(), ...found.keys()])].sort();
  const brief = (files, path) => (files.has(path) ? `${bytesOf(path, files.get(path)).length} bytes, "${files.get(path).slice(0, 40)}"` : 'nothing');
  return paths
    .filter((path) => wanted.get(path) !== found.get(path))
    .map((path) => `${path}: wanted ${brief(wanted, path)}, found ${brief(found, path)}`)
    .join('\n');
}
