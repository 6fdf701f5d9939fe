// Starts the kernel Worker, in a script of its own that comes before the page's: the browser compiles the kernel and opens the
// workspace while it still reads the page.

import { StartedWorker } from './lib/started-worker';

export const kernelWorker = new StartedWorker(() => new Worker(new URL('../../worker/kernel.ts', import.meta.url), { type: 'module', name: 'kernel' }));
