import { WorkerKernel } from './lib/kernel';
import { StartedWorker } from './lib/started-worker';
import { startPage } from './page';
import { installServiceWorker } from './sw-client';

const worker = new StartedWorker(() => new Worker(new URL('../../worker/kernel.ts', import.meta.url), { type: 'module', name: 'kernel' }));
const wb = startPage(new WorkerKernel(worker));
if (import.meta.env.PROD) void installServiceWorker(wb.toasts);
