// Two browsers with a link of their own: the relay keeps nothing, and only brings them together.

import { strict as assert } from 'node:assert';
import { openChromium, openFirefox } from './lib/browsers.mjs';
import { has, pairDevices } from './lib/devices.mjs';
import { startRelay } from './lib/relay.mjs';
import { test } from './lib/suite.mjs';
import { call, openWorkbench, seenText, until, value } from './lib/workbench.mjs';

/** Runs before the page's scripts: remembers every connection that the page makes. */
function watchConnections() {
  const connections = [];
  const Original = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(...args) {
      super(...args);
      connections.push(this);
    }
  };
  window.connections = connections;
}

/** What went over the data channels of a page, by the browser's own count. */
const counted = (page) =>
  page.evaluate(async () => {
    const sum = { sent: 0, received: 0, candidates: [] };
    for (const connection of window.connections) {
      const stats = new Map(await connection.getStats());
      for (const one of stats.values()) {
        if (one.type === 'data-channel') (sum.sent += one.bytesSent), (sum.received += one.bytesReceived);
        if (one.type === 'candidate-pair' && one.state === 'succeeded') sum.candidates.push(stats.get(one.localCandidateId)?.candidateType);
      }
    }
    return sum;
  });

const isDirect = (page) => until('the members list says that the link is direct', async () => (await seenText(page)).includes('linked directly'));

/** Two pages that are linked directly, over a relay that keeps nothing. */
async function linked(a, b, { server, defer }) {
  const relay = await startRelay(defer, server.origin, [], { keeps: false });
  await pairDevices(a, b, { server, relay, role: 'editor' });
  await isDirect(a);
  return relay;
}

/** Both write while the relay is gone, and get what the other wrote. */
async function writeWithout(relay, a, b) {
  const before = await counted(a);
  await relay.stop();
  const large = `${'0123456789abcdef'.repeat(20_000)}\n`;
  await value(a, 'write', { path: 'from-a.md', content: large });
  await value(b, 'write', { path: 'from-b.md', content: 'b\n' });
  await has(b, 'from-a.md', large);
  await has(a, 'from-b.md', 'b\n');
  const now = await counted(a);
  assert.ok(now.sent - before.sent > 10_000, `the file went over the channel: ${JSON.stringify(now)}`);
  assert.ok(now.received > before.received, 'and so did the answer');
  assert.ok(now.candidates.length > 0 && now.candidates.every((type) => type === 'host' || type === 'prflx'), JSON.stringify(now));
}

test('two Chromiums exchange directly: what they write comes also when the relay is gone', async ({ server, defer }) => {
  const [a, b] = [await (await openChromium(defer)).newPage(), await (await openChromium(defer)).newPage()];
  for (const page of [a, b]) await page.addInitScript(watchConnections);
  const relay = await linked(a, b, { server, defer });
  await writeWithout(relay, a, b);

  // The relay is there again, and one that was away and changed something meanwhile comes back.
  await relay.start();
  await b.goto('about:blank');
  await value(a, 'write', { path: 'alone.md', content: 'while nobody was there\n' });
  await openWorkbench(b, server.url);
  await has(b, 'alone.md', 'while nobody was there\n');
  for (const page of [a, b]) for (const path of ['before.md', 'from-a.md', 'from-b.md', 'alone.md']) assert.ok((await call(page, 'read', { path })).ok, path);
  await until('the link is made anew', async () => (await counted(b)).received > 0);
});

test('a Chromium and a Firefox exchange directly', async ({ server, defer }) => {
  const [a, b] = [await (await openChromium(defer)).newPage(), await (await openFirefox(defer)).newPage()];
  await a.addInitScript(watchConnections);
  await b.evaluateOnNewDocument(watchConnections);
  const relay = await linked(a, b, { server, defer });
  // Each sees the other's device among those who are here.
  const avatar = (page, name) => until(`${name} is here`, () => page.evaluate((name) => document.querySelector(`[aria-label="Who else is here"] [aria-label^="${name}"]`) !== null, name));
  await avatar(a, 'Fo, Firefox on Linux');
  await avatar(b, 'Co, Chrome on Linux');
  await writeWithout(relay, a, b);
});
