// The production server, as `xtask serve` runs it: the tests see what a person sees.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** How long the server may take to say where it is. With a build it takes as long as the build. */
const START_MS_MAX = { serve: 20_000, build: 3_600_000 };

/**
 * Starts a server and gives `{ origin, url, stop }`. Options are `port` (0 is any), `isolated`,
 * `embedders` (a list of origins) and `build` (whether to build what changed first).
 */
export async function startServer({ port = 0, isolated = true, embedders = [], build = false } = {}) {
  const [program, ...first] = xtask();
  const args = [...first, 'serve', '--port', String(port), ...embedders.flatMap((origin) => ['--embed', origin])];
  if (!isolated) args.push('--no-isolation');
  // Its size is for others to check: what a page does is seen whatever it weighs.
  args.push(build ? '--any-size' : '--no-build');
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const origin = await address(child, build);
  return {
    origin,
    url: `${origin}/`,
    port: Number(new URL(origin).port),
    stop: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** The build program: the one that called us, the one that is built, or cargo to build it. */
function xtask() {
  if (process.env.SELVAGE_XTASK) return [process.env.SELVAGE_XTASK];
  const built = join(process.env.CARGO_TARGET_DIR ?? join(root, 'target'), 'debug/xtask');
  return existsSync(built) ? [built] : ['cargo', 'run', '--quiet', '--package', 'xtask', '--'];
}

function address(child, build) {
  return new Promise((resolve, reject) => {
    const ms = build ? START_MS_MAX.build : START_MS_MAX.serve;
    const timer = setTimeout(() => reject(new Error(`the server said no address within ${ms / 1000} s`)), ms);
    let said = '';
    child.stdout.on('data', (part) => {
      said += part;
      const found = /^Selvage is at (http:\/\/localhost:\d+)\/$/m.exec(said);
      if (build && !found) process.stdout.write(part);
      if (!found) return;
      clearTimeout(timer);
      resolve(found[1]);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`the server ended with ${code}: ${said}`));
    });
  });
}
