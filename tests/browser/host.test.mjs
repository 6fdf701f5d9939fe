// A host that is always on is one of the devices of a workspace that a browser shares.

import { strict as assert } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freshProfile, openChromium } from './lib/browsers.mjs';
import { digits, has, invite } from './lib/devices.mjs';
import { selvage, startRelay } from './lib/relay.mjs';
import { test } from './lib/suite.mjs';
import { click, until, value } from './lib/workbench.mjs';
import { openText } from '../clients/lib/text.mjs';

test('a host comes in over a page’s link as an owner, has what the page writes, and brings what other people’s clients type', async ({ server, defer }) => {
  const relay = await startRelay(defer, server.origin);
  const folder = freshProfile(defer);
  const page = await (await openChromium(defer)).newPage();
  const link = await invite(page, { server, relay, role: 'owner' });
  const joining = selvage('join', link, '--workspace', folder, '--name', 'Attic');
  let said = '';
  joining.stdout.on('data', (part) => (said += part));
  const ended = new Promise((resolve) => joining.once('exit', resolve));
  const code = await until('the host shows digits', () => /: (\d{3}\D?\d{3}\D?\d{3})\n/.exec(said)?.[1].replace(/\D/g, ''));
  assert.equal(await digits(page), code, 'both show the same digits');
  await click(page, 'button', /accept/);
  assert.equal(await ended, 0);
  assert.match(said, /as an owner/);

  const host = selvage('serve', '--no-storage', '--listen', '127.0.0.1:0', '--workspace', folder, '--open-clients');
  const gone = new Promise((resolve) => host.once('exit', resolve));
  defer(async () => {
    host.kill('SIGKILL');
    await gone;
  });
  host.stdout.on('data', (part) => (said += part));
  const yjs = await until('the host says where clients come', () => /(ws:\S+\/yjs\/\S+)/.exec(said)?.[1]);
  await value(page, 'write', { path: 'after.md', content: 'from the page\n' });
  const journal = join(folder, 'workspace.journal');
  await until('the host has it', () => existsSync(journal) && ['before.md', 'after.md'].every((name) => readFileSync(journal).includes(name)));
  const client = openText(defer, { yjs }, 'after.md');
  await client.shows('from the page\n');
  client.text.insert(0, 'read ');
  await has(page, 'after.md', 'read from the page\n');
});
