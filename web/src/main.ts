import { WorkerKernel } from './lib/kernel';
import { startPage } from './page';
import { kernelWorker } from './start';
import { installServiceWorker } from './sw-client';

const wb = startPage(new WorkerKernel(kernelWorker));
kernelWorker.postMessage({ type: 'listens' });
// In an app of the desktop the page is on the disk already.
if ('selvageHost' in window) void import('./agents/host').then(({ answerHost }) => answerHost(wb.kernel));
else if (import.meta.env.PROD) void installServiceWorker(wb.toasts, wb.kernel);
