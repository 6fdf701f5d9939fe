// The key that this device signs statements about runs with: Ed25519, made once, kept in IndexedDB, and never handed out: the
// browser signs with it and shows it to nobody.

/** What signs. */
export interface Signer {
  /** The public key, 32 bytes. */
  publicKey: Uint8Array;
  /** 64 bytes over these. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** Where the key is kept. */
export interface KeyStore {
  /** The key that is kept; `fresh` from now on, when there is none. */
  keep(fresh: CryptoKeyPair): Promise<CryptoKeyPair>;
}

const DATABASE = "selvage-keys";
const STORE = "keys";
const NAME = "signing";

/** The browser's own store. It holds keys as such, without their bytes. */
export const browserStore: KeyStore = {
  keep: (fresh) =>
    new Promise((resolve, reject) => {
      const opening = indexedDB.open(DATABASE, 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
      opening.onerror = () => reject(opening.error);
      opening.onblocked = () => reject(new Error("another version has the keys open"));
      opening.onsuccess = () => {
        const database = opening.result;
        // One transaction that looks and puts: of two tabs that start at once, one makes the key.
        const transaction = database.transaction(STORE, "readwrite", { durability: "strict" });
        const keys = transaction.objectStore(STORE);
        let kept = fresh;
        const looking = keys.get(NAME) as IDBRequest<CryptoKeyPair | undefined>;
        looking.onsuccess = () => {
          if (looking.result === undefined) keys.put(fresh, NAME);
          else kept = looking.result;
        };
        transaction.oncomplete = () => {
          database.close();
          resolve(kept);
        };
        transaction.onabort = () => {
          database.close();
          reject(transaction.error);
        };
      };
    }),
};

/** The device's signer, or why there is none: then records are kept, and nobody vouches for them. */
export async function openSigner(store: KeyStore = browserStore): Promise<Signer | { reason: string }> {
  let fresh: CryptoKeyPair;
  try {
    // The private key can't be exported; the public one always can.
    fresh = (await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"])) as CryptoKeyPair;
  } catch (error) {
    return { reason: `This browser has no Ed25519: ${told(error)}` };
  }
  try {
    const { privateKey, publicKey } = await store.keep(fresh);
    return {
      publicKey: new Uint8Array(await crypto.subtle.exportKey("raw", publicKey)),
      sign: async (bytes) => new Uint8Array(await crypto.subtle.sign({ name: "Ed25519" }, privateKey, bytes.slice())),
    };
  } catch (error) {
    return { reason: `This browser keeps no key: ${told(error)}` };
  }
}

function told(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
