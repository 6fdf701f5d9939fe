// A relay, as `selvage serve` runs it.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './server.mjs';
import { freshProfile } from './browsers.mjs';

/** Starts a relay that pages of an origin may dial; gives its address. `args` are further arguments of the program. */
export async function startRelay(defer, origin, args = []) {
  const built = join(process.env.CARGO_TARGET_DIR ?? join(root, 'target'), 'debug/selvage');
  const [program, ...first] = existsSync(built) ? [built] : ['cargo', 'run', '--quiet', '--package', 'selvage-serve', '--'];
  const all = [...first, 'serve', '--listen', '127.0.0.1:0', '--data', freshProfile(defer), '--origin', origin, ...args];
  const child = spawn(program, all, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGKILL');
    await gone;
  };
  defer(stop);
  let said = '';
  for await (const part of child.stdout) {
    said += part;
    const found = /^selvage listens on http:\/\/(\S+)\/$/m.exec(said);
    if (found) return { address: `ws://${found[1]}`, stop };
  }
  throw new Error(`the relay ended: ${said}`);
}
