// A server that runs jobs, as `selvage serve` does, and how a person has runs run there.

import { freshProfile } from './browsers.mjs';
import { selvage, startRelay } from './relay.mjs';
import { click, fill, find, shows } from './workbench.mjs';

/** Makes a key for jobs, as whoever runs the server does. */
async function keyOf(folder) {
  let said = '';
  for await (const part of selvage('keys', 'add', 'page', '--scope', 'jobs', '--data', folder).stdout) said += part;
  return /selvage_\S+/.exec(said)[0];
}

/** Starts a server that runs jobs for pages of an origin: `{ address, key, stop }`. */
export async function startJobs(defer, origin) {
  const folder = freshProfile(defer);
  const key = await keyOf(folder);
  const relay = await startRelay(defer, origin, ['--jobs', '--data', folder]);
  return { address: relay.address.replace(/^ws/, 'http'), key, stop: () => relay.stop() };
}

/** Opens the place where it is chosen, from the status bar. */
async function open(page) {
  await click(page, 'button', /^Runs (here|at |on )/);
  await find(page, 'dialog', 'Where runs run');
}

/** Says which server, up to the press of a button. */
export async function nameServer(page, { address, key }, button) {
  await open(page);
  await click(page, 'button', 'A server');
  await fill(page, /^Address/, address);
  await fill(page, /^Key/, key);
  await click(page, 'button', button);
}

/** Has runs run at a server from now on. */
export async function runAt(page, server) {
  await nameServer(page, server, 'Run flows there');
  await shows(page, /Now: at 127\.0\.0\.1/);
  await close(page);
}

/** Has runs run at the program of the desktop app from now on. */
export async function runOnThisComputer(page) {
  await open(page);
  await click(page, 'button', 'This computer');
  await click(page, 'button', 'Run flows on this computer');
  await shows(page, /Now: on this computer/);
  await close(page);
}

/** Has runs run in the browser again. */
export async function runHere(page) {
  await open(page);
  await click(page, 'button', 'This browser');
  await click(page, 'button', 'Run flows in this browser');
  await shows(page, /Now: in this browser/);
  await close(page);
}

export const close = (page) => page.keyboard.press('Escape');
