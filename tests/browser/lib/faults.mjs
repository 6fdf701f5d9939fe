// What happens to tabs, hosts and relays at random: they are killed, frozen, and come back.

import { execFileSync } from 'node:child_process';

const FREEZE_MS_MAX = 4_000;
const AWAY_MS_MAX = 3_000;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Gives a function that does one thing to one of a Chromium's tabs. `count` counts what is done. */
export async function tabFaults({ context, places, random, count, defer }) {
  const system = await context.browser().newBrowserCDPSession();
  const stopped = new Set();
  const signal = (pid, name) => {
    try {
      process.kill(pid, name);
    } catch {
      // It is gone already.
    }
  };
  defer(async () => stopped.forEach((pid) => signal(pid, 'SIGCONT')));

  const one = (list) => list[Math.floor(random() * list.length)];
  const renderers = async () => {
    const { processInfo } = await system.send('SystemInfo.getProcessInfo');
    return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  };
  const FAULTS = [
    async function close() {
      const place = one(places);
      const page = place.page;
      place.page = undefined;
      await page?.close({ runBeforeUnload: false });
      count('tabs closed');
    },
    async function crash() {
      const place = one(places);
      const page = place.page;
      if (page === undefined) return;
      const session = await context.newCDPSession(page);
      const dead = new Promise((resolve) => page.once('crash', resolve));
      session.send('Page.crash').catch(() => undefined);
      await dead;
      count('tabs crashed');
    },
    async function killRenderer() {
      const pid = one(await renderers());
      signal(pid, 'SIGKILL');
      await pause(500);
      count('renderers killed');
    },
    async function freeze() {
      const page = one(places).page;
      if (page === undefined) return;
      const session = await context.newCDPSession(page);
      await session.send('Page.setWebLifecycleState', { state: 'frozen' });
      await pause(500 + random() * FREEZE_MS_MAX);
      await session.send('Page.setWebLifecycleState', { state: 'active' });
      await session.detach();
      count('tabs frozen');
    },
    async function stopRenderer() {
      const pid = one(await renderers());
      stopped.add(pid);
      signal(pid, 'SIGSTOP');
      await pause(500 + random() * FREEZE_MS_MAX);
      signal(pid, 'SIGCONT');
      stopped.delete(pid);
      count('renderers stopped for a while');
    },
  ];
  return async () => {
    await one(FAULTS)();
    for (const place of places) {
      if (place.page !== undefined) continue;
      await place.open();
      count('tabs opened');
    }
  };
}

/** The processes below one, however deep. */
function below(pid) {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n').map((row) => row.trim().split(/\s+/).map(Number));
  const found = [pid];
  for (const at of found) found.push(...rows.filter(([, parent]) => parent === at).map(([child]) => child));
  return found;
}

/** Gives a function that does one thing to the relay, to the host, or to the Firefox. `host` has `restart`. */
export function deviceFaults({ relay, host, firefox, place, random, count, defer }) {
  const signal = (name) => {
    for (const pid of below(firefox.process().pid)) {
      try {
        process.kill(pid, name);
      } catch {
        // It is gone already.
      }
    }
  };
  defer(async () => signal('SIGCONT'));
  const FAULTS = [
    async function relayAway() {
      await relay.stop();
      await pause(random() * AWAY_MS_MAX);
      await relay.start();
      count('relay restarts');
    },
    async function hostAway() {
      await host.restart(random() < 0.5 ? 'kill' : 'stop', random() * AWAY_MS_MAX);
      count('host restarts');
    },
    async function stopFirefox() {
      signal('SIGSTOP');
      await pause(500 + random() * FREEZE_MS_MAX);
      signal('SIGCONT');
      count('Firefox stopped for a while');
    },
    async function closeInFirefox() {
      const page = place.page;
      place.page = undefined;
      await page?.close({ runBeforeUnload: false });
      await place.open();
      count('tabs of Firefox replaced');
    },
  ];
  return () => FAULTS[Math.floor(random() * FAULTS.length)]();
}
