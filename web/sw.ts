// Keeps one whole version of the page on the device: page, kernel, runner and guests, all of it or
// none. The build writes the list of files and a hash over them where `__PRECACHE__` stands. What is
// in `later` is not for everybody: all of it is kept when any of it was fetched for the first time, and
// from then on comes with each new version.
//
// Every answer comes from the cache of this worker's own version, with the headers it was served
// with, so that policies hold offline too. A new version installs beside the old one and waits
// until the page says `activate`; the old one is told to `leave` then, so that no answer it still owes holds that up.

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
    const had = await earlier();
    const wanted = hadLater(had) ? [...urls, ...later] : urls;
    await Promise.all(
      wanted.map(async (url) => {
        const response = await fetch(url, { cache: had.length === 0 && isNamedByContent(url) ? 'default' : 'reload', credentials: 'same-origin' });
        if (!response.ok || response.redirected) throw new Error(`${url} answered ${response.status}`);
        await cache.put(url, response);
      }),
    );
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

/**
 * Whether the first version may take it from the browser's own cache, where the page has just put it: under its name there is nothing
 * else. An update asks for everything anew, since the same file may come with other headers, and these are policies.
 */
const isNamedByContent = (url: string): boolean => url.startsWith('./assets/');

/** The addresses of what earlier versions have kept. */
async function earlier(): Promise<string[]> {
  const had: string[] = [];
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX) || name === CACHE) continue;
    for (const { url } of await (await caches.open(name)).keys()) had.push(url);
  }
  return had;
}

/** Whether some of that is not for everybody; names are the same but for their hashes. */
function hadLater(had: string[]): boolean {
  const names = new Set(had.map(withoutHash));
  return later.some((url) => names.has(withoutHash(absolute(url))));
}

const absolute = (url: string): string => new URL(url, scope.location.href).href;
const withoutHash = (url: string): string => url.replace(/-[\w-]{8}(?=\.\w+$)/, '');

scope.addEventListener('activate', (event) => {
  event.waitUntil(activate());
});

async function activate(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
}

scope.addEventListener('message', (event) => {
  const message = event.data as { type?: string; script?: string } | null;
  if (message?.type === 'activate') void scope.skipWaiting();
  else if (message?.type === 'leave') leave();
  // A page that was loaded before there was a worker is taken over if it is of this very version.
  else if (message?.type === 'claim' && urls.some((url) => absolute(url) === message.script)) event.waitUntil(scope.clients.claim());
});

/** Ends what is still being fetched when the next version takes over. */
let leaving = new AbortController();

function leave(): void {
  leaving.abort();
  leaving = new AbortController();
}

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
  const isLater = later.some((url) => absolute(url) === key);
  const kept = await cache.match(key);
  if (kept !== undefined) {
    if (isLater) event.waitUntil(complete(cache));
    return kept;
  }
  const response = await fetch(event.request, { signal: AbortSignal.any([event.request.signal, leaving.signal]) });
  if (isLater && response.ok && !response.redirected) event.waitUntil(cache.put(key, response.clone()).then(() => complete(cache)));
  return response;
}

let completing: Promise<void> | undefined;

/** Keeps the rest of what is not for everybody, when some of it was wanted. */
function complete(cache: Cache): Promise<void> {
  completing ??= keepRest(cache).finally(() => (completing = undefined));
  return completing;
}

async function keepRest(cache: Cache): Promise<void> {
  const lacking = await Promise.all(later.map(async (url) => ((await cache.match(url)) === undefined ? [url] : [])));
  // What can't be had now is tried again when any of it is wanted next.
  await cache.addAll(lacking.flat().map((url) => new Request(url, { signal: leaving.signal }))).catch(() => undefined);
}
