// Places where a workspace is open, each a tab that can be killed, frozen and replaced while somebody acts in it.

import { openWorkbench, value } from './workbench.mjs';

/** How long a page may take to come up, and how many may fail to. */
const OPEN_MS_MAX = 30_000;
const OPEN_TRIES_MAX = 3;
const LOOK_MS = 300;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The browser tells of links to a relay that is down, and that is no fault of the page. */
const ABOUT_RELAY = /WebSocket|ws:\/\/|\/healthz$/;

/** Says aloud what the kernel tells of damage and of what it could not take. Runs before the page's own scripts. */
function listenToKernel() {
  const TOLD = ['failed', 'damaged', 'peerLost', 'mailFailed'];
  const Native = window.Worker;
  window.Worker = class extends Native {
    constructor(...given) {
      super(...given);
      this.addEventListener('message', ({ data }) => {
        if (data?.type === 'event' && TOLD.includes(data.event?.kind)) console.error(`the kernel says ${JSON.stringify(data.event)}`);
      });
    }
  };
}

export class Place {
  /** Which page is here; undefined while there is none. */
  page;
  /** Faults that pages here told, ever. */
  faults = [];
  /** How many pages did not come up. */
  unopened = 0;

  /** `prepare` is done with every page that opens here. */
  constructor(name, makePage, url, prepare) {
    this.prepare = prepare;
    this.name = name;
    this.makePage = makePage;
    this.url = url;
  }

  /** Makes a page, and hears what goes wrong in it. Nothing is opened yet. */
  async blank() {
    const page = await this.makePage();
    // Playwright's name for it, and Puppeteer's.
    await (page.addInitScript ?? page.evaluateOnNewDocument).call(page, listenToKernel);
    const told = (text) => ABOUT_RELAY.test(text) || this.faults.push(`${this.name}: ${text}`);
    page.on('pageerror', (error) => told(`page error ${error.stack ?? error}`));
    page.on('console', (message) => message.type() === 'error' && told(`${message.text()} ${message.location()?.url ?? ''}`));
    // Whoever killed one renderer learns so which page it was.
    page.on('crash', () => {
      if (this.page === page) this.page = undefined;
    });
    return page;
  }

  /** Opens the workbench in a new page. One that does not come up is given up for another, and counted. */
  async open() {
    for (let tries = 1; ; tries += 1) {
      const page = await this.blank();
      const late = pause(OPEN_MS_MAX).then(() => Promise.reject(new Error(`${this.name}: no workbench within ${OPEN_MS_MAX / 1_000} s`)));
      try {
        await Promise.race([openWorkbench(page, this.url).then(() => this.prepare(page)), late]);
        const { storage } = await value(page, 'workspace_status', {});
        if (storage !== 'durable') this.faults.push(`${this.name}: keeps what it acknowledges in memory only`);
        this.page = page;
        return;
      } catch (error) {
        if (!page.isClosed()) await page.close().catch(() => undefined);
        if (tries === OPEN_TRIES_MAX) throw error;
        this.unopened += 1;
      }
    }
  }

  /** Acts until it is time; what fails because its page went away is no failure. */
  async actUntil(endMs, act, pauseMs) {
    while (performance.now() < endMs) {
      const page = this.page;
      if (page !== undefined) {
        let isOver = false;
        // What was asked of a page that is gone may stay without an answer.
        const gone = (async () => {
          while (!isOver && this.page === page) await pause(LOOK_MS);
        })();
        try {
          await Promise.race([act(page), gone]).finally(() => (isOver = true));
        } catch (error) {
          // That the page is gone is told later than the call's failure.
          await pause(1_000);
          if (this.page === page && !page.isClosed()) throw new Error(`${this.name}: ${error.message}`, { cause: error });
        }
      }
      await pause(pauseMs());
    }
  }
}
