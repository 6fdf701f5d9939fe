import { afterEach, expect, test, vi } from "vitest";
import { openSigner } from "./signing.ts";
import type { KeyStore, Signer } from "./signing.ts";

afterEach(() => vi.restoreAllMocks());

class Memory implements KeyStore {
  kept: CryptoKeyPair | undefined;

  async keep(fresh: CryptoKeyPair): Promise<CryptoKeyPair> {
    return (this.kept ??= fresh);
  }
}

test("a device signs with one key, whichever tab asks", async () => {
  const store = new Memory();
  const [one, two] = (await Promise.all([openSigner(store), openSigner(store)])) as [Signer, Signer];
  expect(one.publicKey).toEqual(two.publicKey);
  expect(one.publicKey).toHaveLength(32);

  const bytes = new TextEncoder().encode("a statement");
  const signature = await two.sign(bytes);
  const key = await crypto.subtle.importKey("raw", one.publicKey.slice(), { name: "Ed25519" }, false, ["verify"]);
  const fits = (over: Uint8Array) => crypto.subtle.verify({ name: "Ed25519" }, key, signature.slice(), over.slice());
  expect(await fits(bytes)).toBe(true);
  expect(await fits(bytes.subarray(1))).toBe(false);
});

test("the private key can't be taken out", async () => {
  const store = new Memory();
  await openSigner(store);
  await expect(crypto.subtle.exportKey("pkcs8", store.kept!.privateKey)).rejects.toThrow();
});

test("a browser without Ed25519, or without a place for keys, says so", async () => {
  const refuses: KeyStore = { keep: () => Promise.reject(new Error("there is no room")) };
  expect(await openSigner(refuses)).toEqual({ reason: "This browser keeps no key: there is no room" });
  vi.spyOn(crypto.subtle, "generateKey").mockRejectedValue(new Error("Unrecognized name."));
  expect(await openSigner(new Memory())).toEqual({ reason: "This browser has no Ed25519: Unrecognized name." });
});
