// Registers the service worker and offers its updates. A new version waits until the person says
// so; then every tab of this origin moves to it together.

import type { Kernel } from './lib/kernel';
import type { Toasts } from './ui/toasts.svelte';

const LOOK_EVERY_MS = 30 * 60 * 1000;
/** A page that is not usable by then can be kept all the same, and the next version of it. */
const USABLE_MS_MAX = 20_000;

/** Resolves when the workspace is open, or will not be. */
function usable(kernel: Kernel): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, USABLE_MS_MAX);
    const end = kernel.subscribe(({ kind }) => {
      if (kind !== 'ready' && kind !== 'failed') return;
      clearTimeout(timer);
      end();
      resolve();
    });
  });
}

export async function installServiceWorker(toasts: Toasts, kernel: Kernel): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  // To keep a first version is to fetch all of it, also what is not wanted yet: the way is left to what a person waits for.
  if (navigator.serviceWorker.controller === null) await usable(kernel);
  try {
    const registration = await navigator.serviceWorker.register(new URL('./sw.js', document.baseURI));
    // The first version takes over a page that already is that version; only later ones replace it.
    let isKept = navigator.serviceWorker.controller !== null;
    if (!isKept) void navigator.serviceWorker.ready.then(({ active }) => active?.postMessage({ type: 'claim', script: import.meta.url }));
    let reloading = false;
    navigator.serviceWorker.addEventListener('controllerchange', () => {
      if (!isKept) isKept = true;
      else if (!reloading) {
        reloading = true;
        location.reload();
      }
    });
    const takeOver = (worker: ServiceWorker): void => {
      // As long as the version that runs owes an answer, the browser lets the next one wait, for minutes.
      navigator.serviceWorker.controller?.postMessage({ type: 'leave' });
      worker.postMessage({ type: 'activate' });
    };
    const offer = (worker: ServiceWorker): void => {
      toasts.show({ tone: 'info', stays: true, text: 'An update is ready.', hint: 'It takes over when you reload.', action: { label: 'Reload', run: () => takeOver(worker) } });
    };
    const watch = (worker: ServiceWorker | null): void =>
      worker?.addEventListener('statechange', () => {
        if (worker.state === 'installed' && isKept) offer(worker);
      });
    if (registration.waiting && isKept) offer(registration.waiting);
    watch(registration.installing);
    registration.addEventListener('updatefound', () => watch(registration.installing));
    setInterval(() => void registration.update().catch(() => undefined), LOOK_EVERY_MS);
  } catch (error) {
    toasts.failure('The page could not be kept for offline use', error);
  }
}
