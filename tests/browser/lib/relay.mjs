// A relay, as `selvage serve` runs it.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './server.mjs';
import { freshProfile } from './browsers.mjs';

/** Where the built program `selvage` is. */
export const built = join(process.env.CARGO_TARGET_DIR ?? join(root, 'target'), 'debug/selvage');

/** Starts the program `selvage`; gives the process. */
export function selvage(...args) {
  const [program, ...first] = existsSync(built) ? [built] : ['cargo', 'run', '--quiet', '--package', 'selvage-cli', '--'];
  return spawn(program, [...first, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Starts a relay that pages of an origin may dial; gives its address, and how to stop it and start it again. `args` are further arguments of the program. */
export async function startRelay(defer, origin, args = [], { keeps = true } = {}) {
  const storage = keeps ? ['--data', freshProfile(defer)] : ['--no-storage'];
  const relay = { address: '', stop: async () => undefined, start };
  defer(() => relay.stop());
  await start('127.0.0.1:0');
  return relay;

  /** With the same data, and at the same address unless told. */
  async function start(listen = relay.address.slice('ws://'.length)) {
    const child = selvage('serve', '--listen', listen, ...storage, '--origin', origin, ...args);
    const gone = new Promise((resolve) => child.once('exit', resolve));
    relay.stop = async () => {
      child.kill('SIGKILL');
      await gone;
    };
    let said = '';
    for await (const part of child.stdout) {
      said += part;
      const found = /^selvage listens on http:\/\/(\S+)\/$/m.exec(said);
      if (found) {
        relay.address = `ws://${found[1]}`;
        return;
      }
    }
    throw new Error(`the relay ended: ${said}`);
  }
}
