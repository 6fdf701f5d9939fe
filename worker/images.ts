// Images of guests between visits: what one visit warmed up, the next one begins with.
//
// An image lies in a cache of its own, one for a guest. It is taken for what it is only by the version of the page that put it
// there, for the very bytes of the guest that it was taken of, and when its checksum is that of its bytes. Anything else is as
// good as nothing, and is written over.

import type { GuestName } from "./protocol.ts";
import { IMAGE_BYTES_MAX } from "./image.ts";

/** Not one of the service worker's, which begin with `selvage-` and go with their version. */
const CACHE = "warm-images";
const MADE_OF = "X-Made-Of";
const CHECKSUM = "X-Checksum";

/** An image, and the hash of the guest that it was taken of. */
interface Found {
  hash: string;
  bytes: Uint8Array<ArrayBuffer>;
}

export class Images {
  /** Names everything but the guest that an image hangs on: the Workers' programs. */
  readonly #version: string;

  constructor(version: string) {
    this.#version = version;
  }

  /** What this version kept of a guest. Never throws: without it, an instance warms itself up. */
  async find(guest: GuestName): Promise<Found | undefined> {
    try {
      const cache = await caches.open(CACHE);
      const kept = await cache.match(keyOf(guest));
      const [version, hash] = (kept?.headers.get(MADE_OF) ?? "").split(" ");
      if (kept === undefined || version !== this.#version || hash === undefined) return undefined;
      const bytes = new Uint8Array(await kept.arrayBuffer());
      return (await digest(bytes)) === kept.headers.get(CHECKSUM) ? { hash, bytes } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Keeps an image, in the place of the one before. Where the browser does not let it, the next visit warms up again. */
  async keep(guest: GuestName, { hash, bytes }: Found): Promise<void> {
    if (bytes.length > IMAGE_BYTES_MAX) return;
    try {
      const headers = { [MADE_OF]: `${this.#version} ${hash}`, [CHECKSUM]: await digest(bytes) };
      const cache = await caches.open(CACHE);
      await cache.put(keyOf(guest), new Response(bytes, { headers }));
    } catch {
      // Nobody waits for it.
    }
  }
}

const keyOf = (guest: GuestName) => new URL(`./images/${guest}`, self.location.href).href;

/** SHA-256 in hexadecimal. */
export async function digest(bytes: BufferSource): Promise<string> {
  const found = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(found, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
