// A host that is always on is one of the devices of a workspace that a browser shares.

import { strict as assert } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freshProfile, openChromium } from './lib/browsers.mjs';
import { has, invite } from './lib/devices.mjs';
import { joinHost, startMember } from './lib/member.mjs';
import { startRelay } from './lib/relay.mjs';
import { test } from './lib/suite.mjs';
import { until, value } from './lib/workbench.mjs';
import { openText } from '../clients/lib/text.mjs';

test('a host comes in over a page’s link as an owner, has what the page writes, and brings what other people’s clients type', async ({ server, defer }) => {
  const relay = await startRelay(defer, server.origin);
  const folder = freshProfile(defer);
  const page = await (await openChromium(defer)).newPage();
  const link = await invite(page, { server, relay, role: 'owner' });
  assert.match(await joinHost(page, link, folder), /as an owner/);

  const host = await startMember(defer, folder, '--open-clients');
  const yjs = await until('the host says where clients come', () => /(ws:\S+\/yjs\/\S+)/.exec(host.said())?.[1]);
  await value(page, 'write', { path: 'after.md', content: 'from the page\n' });
  const journal = join(folder, 'workspace.journal');
  await until('the host has it', () => existsSync(journal) && ['before.md', 'after.md'].every((name) => readFileSync(journal).includes(name)));
  const client = openText(defer, { yjs }, 'after.md');
  await client.shows('from the page\n');
  client.text.insert(0, 'read ');
  await has(page, 'after.md', 'read from the page\n');
});
