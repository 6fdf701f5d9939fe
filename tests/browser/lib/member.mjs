// A host that is always on, as one of the devices of a workspace.

import { strict as assert } from 'node:assert';
import { digits } from './devices.mjs';
import { selvage } from './relay.mjs';
import { click, until } from './workbench.mjs';

/** A host comes in with a link of a page, whose dialog is open; gives what the program said. */
export async function joinHost(page, link, folder) {
  const joining = selvage('join', link, '--workspace', folder, '--name', 'Attic');
  const ended = new Promise((resolve) => joining.once('exit', resolve));
  let said = '';
  joining.stdout.on('data', (part) => (said += part));
  const code = await until('the host shows digits', () => /: (\d{3}\D?\d{3}\D?\d{3})\n/.exec(said)?.[1].replace(/\D/g, ''));
  assert.equal(await digits(page), code, 'both show the same digits');
  await click(page, 'button', /accept/);
  assert.equal(await ended, 0);
  return said;
}

/** Starts the host of a folder, which is no relay; gives what it says when it listens, `kill` (no last words) and `stop`. */
export async function startMember(defer, folder, ...args) {
  const child = selvage('serve', '--no-storage', '--listen', '127.0.0.1:0', '--workspace', folder, ...args);
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const end = async (signal) => {
    child.kill(signal);
    await gone;
  };
  defer(() => end('SIGKILL'));
  let said = '';
  child.stdout.on('data', (part) => (said += part));
  await until('the host listens', () => /listens on .*\n/.test(said));
  return { said: () => said, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}
