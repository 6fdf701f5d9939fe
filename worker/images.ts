// Images of guests between visits: what one visit warmed up, the next one begins with.
//
// An image lies in a cache of its own, one for a guest. It is taken for what it is only by the version of the page that put it
// there, for the very bytes of the guest that it was taken of, and when its checksum is that of its bytes. Anything else is as
// good as nothing, and is written over.

import type { GuestName, ImageBytes } from "./protocol.ts";
import { IMAGE_BYTES_MAX, room } from "./image.ts";

/** Not one of the service worker's, which begin with `selvage-` and go with their version. */
const CACHE = "warm-images";
const MADE_OF = "X-Made-Of";
const CHECKSUM = "X-Checksum";

export class Images {
  /** Names everything but the guest that an image hangs on: the Workers' programs. */
  readonly #version: string;

  constructor(version: string) {
    this.#version = version;
  }

  /** Whether this version kept an image of a guest with this hash. It has not been looked at yet. */
  async has(guest: GuestName, hash: string): Promise<boolean> {
    return (await this.#kept(guest, hash)) !== undefined;
  }

  /** What this version kept of a guest. Never throws: without it, an instance warms itself up. */
  async find(guest: GuestName, hash: string): Promise<ImageBytes | undefined> {
    try {
      const kept = await this.#kept(guest, hash);
      if (kept === undefined) return undefined;
      const bytes = new Uint8Array(await kept.arrayBuffer());
      if (checksum(bytes) !== kept.headers.get(CHECKSUM)) return undefined;
      const shared = room(bytes.length);
      shared.set(bytes);
      return shared;
    } catch {
      return undefined;
    }
  }

  /** Keeps an image, in the place of the one before. Where the browser does not let it, the next visit warms up again. */
  async keep(guest: GuestName, hash: string, bytes: ImageBytes): Promise<void> {
    if (bytes.length > IMAGE_BYTES_MAX) return;
    try {
      // What is shared can't be the body of a response.
      const own = new Uint8Array(bytes);
      const headers = { [MADE_OF]: this.#madeOf(hash), [CHECKSUM]: checksum(own) };
      const cache = await caches.open(CACHE);
      await cache.put(keyOf(guest), new Response(own, { headers }));
    } catch {
      // Nobody waits for it.
    }
  }

  async #kept(guest: GuestName, hash: string): Promise<Response | undefined> {
    // To open the cache would make it, for people who never run what is kept there.
    const kept = await caches.match(keyOf(guest), { cacheName: CACHE }).catch(() => undefined);
    return kept?.headers.get(MADE_OF) === this.#madeOf(hash) ? kept : undefined;
  }

  #madeOf(hash: string): string {
    return `${this.#version} ${hash}`;
  }
}

const keyOf = (guest: GuestName) => new URL(`./images/${guest}`, self.location.href).href;

/**
 * Fletcher's checksum over words of 32 bits, in hexadecimal (J. G. Fletcher, "An Arithmetic Checksum for Serial Transmissions",
 * 1982), four of them side by side so that the processor need not wait. It shows damage, in a tenth of the time of a cryptographic
 * hash; whoever can write into the cache can change the page, too.
 */
export function checksum(bytes: Uint8Array<ArrayBuffer>): string {
  const padded = bytes.length % 16 === 0 ? bytes : new Uint8Array(Math.ceil(bytes.length / 16) * 16);
  if (padded !== bytes) padded.set(bytes);
  const words = new Int32Array(padded.buffer, padded.byteOffset, padded.length / 4);
  let [a, b, c, d, aa, bb, cc, dd] = [bytes.length, 0, 0, 0, 0, 0, 0, 0];
  for (let at = 0; at < words.length; at += 4) {
    aa = (aa + (a = (a + words[at]!) | 0)) | 0;
    bb = (bb + (b = (b + words[at + 1]!) | 0)) | 0;
    cc = (cc + (c = (c + words[at + 2]!) | 0)) | 0;
    dd = (dd + (d = (d + words[at + 3]!) | 0)) | 0;
  }
  return [a, b, c, d, aa, bb, cc, dd].map((sum) => (sum >>> 0).toString(16).padStart(8, "0")).join("");
}
