// Keeps one whole version of the page on the device: page, kernel, runner and guests, all of it or
// none. The build writes the list of files and a hash over them where `__PRECACHE__` stands. What is
// in `later` is not for everybody, and is kept when it was fetched for the first time.
//
// Every answer comes from the cache of this worker's own version, with the headers it was served
// with, so that policies hold offline too. A new version installs beside the old one and waits
// until the page says `activate`.

declare const __PRECACHE__: { version: string; urls: string[]; later: string[] };

// The library types `self` as any worker's scope.
const scope = self as unknown as ServiceWorkerGlobalScope;

const { version, urls, later } = __PRECACHE__;
const CACHE = `selvage-${version}`;
const PREFIX = 'selvage-';

scope.addEventListener('install', (event) => {
  event.waitUntil(install());
});

async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  try {
    await Promise.all(
      urls.map(async (url) => {
        const response = await fetch(url, { cache: 'reload', credentials: 'same-origin' });
        if (!response.ok || response.redirected) throw new Error(`${url} answered ${response.status}`);
        await cache.put(url, response);
      }),
    );
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

scope.addEventListener('activate', (event) => {
  event.waitUntil(activate());
});

async function activate(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
}

scope.addEventListener('message', (event) => {
  const message = event.data as { type?: string; script?: string } | null;
  if (message?.type === 'activate') void scope.skipWaiting();
  // A page that was loaded before there was a worker is taken over if it is of this very version.
  else if (message?.type === 'claim' && urls.some((url) => new URL(url, scope.location.href).href === message.script)) event.waitUntil(scope.clients.claim());
});

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== scope.location.origin) return;
  const root = new URL('./', scope.location.href);
  if (request.mode === 'navigate') {
    if (url.pathname === root.pathname || url.pathname === `${root.pathname}index.html`) event.respondWith(answer(root.href, event));
    return;
  }
  event.respondWith(answer(url.origin + url.pathname, event));
});

async function answer(key: string, event: FetchEvent): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(key);
  if (kept !== undefined) return kept;
  const response = await fetch(event.request);
  const all = later.map((url) => new URL(url, scope.location.href).href);
  if (all.includes(key) && response.ok && !response.redirected) event.waitUntil(keepLater(cache, all, key, response.clone()));
  return response;
}

/** Keeps what was fetched for the first time, and what is of no use without it: the halves of a guest. */
async function keepLater(cache: Cache, all: string[], key: string, response: Response): Promise<void> {
  await cache.put(key, response);
  const lacking = await Promise.all(all.map(async (url) => ((await cache.match(url)) === undefined ? [url] : [])));
  await cache.addAll(lacking.flat());
}
