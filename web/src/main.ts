import { WorkerKernel } from './lib/kernel';
import { StartedWorker } from './lib/started-worker';
import { startPage } from './page';
import { installServiceWorker } from './sw-client';

const worker = new StartedWorker(() => new Worker(new URL('../../worker/kernel.ts', import.meta.url), { type: 'module', name: 'kernel' }));
const wb = startPage(new WorkerKernel(worker));
// In an app of the desktop the page is on the disk already.
if ('selvageHost' in window) void import('./agents/host').then(({ answerHost }) => answerHost(wb.kernel));
else if (import.meta.env.PROD) void installServiceWorker(wb.toasts, wb.kernel);
