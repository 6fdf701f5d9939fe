// Registers the service worker and offers its updates. A new version waits until the person says
// so; then every tab of this origin moves to it together.

import type { Toasts } from './ui/toasts.svelte';

const LOOK_EVERY_MS = 30 * 60 * 1000;

export async function installServiceWorker(toasts: Toasts): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
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
    const offer = (worker: ServiceWorker): void => {
      toasts.show({ tone: 'info', text: 'An update is ready.', hint: 'It takes over when you reload.', action: { label: 'Reload', run: () => worker.postMessage({ type: 'activate' }) } });
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
