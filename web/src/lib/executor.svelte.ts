// Where runs run, as the person chose it on this device: in this browser, or at a server. It is no part of the workspace, and
// no tool sees it.

import type { JobServer } from '../../../worker/client-messages';
import type { Kernel } from './kernel';
import { forget, recall, remember } from './settings';

const NAME = 'executor';

const isServer = (value: unknown): value is JobServer | undefined => {
  const { address, key } = (value ?? {}) as Partial<JobServer>;
  return typeof address === 'string' && URL.canParse(address) && typeof key === 'string';
};

export class Executor {
  server = $state.raw<JobServer | undefined>(recall(NAME, undefined, isServer));

  constructor(readonly kernel: Kernel) {
    if (this.server) kernel.runAt(this.server);
    // Another tab chose.
    if (typeof addEventListener === 'function') addEventListener('storage', ({ key }) => (key === null || key.endsWith(NAME)) && this.#take(recall(NAME, undefined, isServer)));
  }

  /** Has runs run at a server from now on, or here. */
  use(server: JobServer | undefined): void {
    if (server) remember(NAME, server);
    else forget(NAME);
    this.#take(server);
  }

  /** The server's host, where one is set. */
  get host(): string | undefined {
    return this.server && new URL(this.server.address).host;
  }

  #take(server: JobServer | undefined): void {
    this.server = server;
    this.kernel.runAt(server ?? null);
  }
}
