// Fetches that the engine has allowed: bounded in size and time, without credentials, and with the
// domain checked again where a redirect has led. Those of runs that have secrets go through what keeps these.

import { covers_domain } from "@wasm/kernel/kernel.js";
import type { Locker } from "./secrets.ts";

/** A fetch to perform. */
export interface FetchEffect {
  url: string;
  method: string;
  headers: [name: string, value: string][];
  body: Uint8Array<ArrayBuffer>;
  bytesMax: number;
  timeMsMax: number;
  domains: string[];
  /** What it may carry: what stands for each in the run, and its name. */
  secrets: { placeholder: string; name: string }[];
}

/** What came of it: JSON for the engine, and the body. */
export interface FetchAnswer {
  ok: boolean;
  result: string;
  body: Uint8Array;
}

/** Performs a fetch, until `signal` breaks it off; `secrets` gives what keeps the device's secrets. */
export async function performFetch(effect: FetchEffect, secrets: () => Promise<Locker>, signal: AbortSignal): Promise<FetchAnswer> {
  if (effect.secrets.length === 0) return performPlain(effect, false, signal);
  return secrets().then(
    (locker) => locker.perform(effect, (sent, carries) => performPlain(sent, carries, signal)),
    (error: unknown) => failed("FETCH_FAILED", `The program that keeps secrets could not be loaded: ${String(error)}.`, "Reload the page; nothing is lost."),
  );
}

/** One that carries secrets follows no redirect. */
async function performPlain(effect: FetchEffect, carries: boolean, signal: AbortSignal): Promise<FetchAnswer> {
  try {
    return await fetchBounded(effect, carries, signal);
  } catch (error) {
    const timedOut = error instanceof DOMException && error.name === "TimeoutError";
    const why = timedOut ? `no answer within ${effect.timeMsMax} ms` : error instanceof Error ? error.message : String(error);
    return failed("FETCH_FAILED", `The fetch of ${effect.url} failed: ${why}.`, "Check the address and the connection. A browser also refuses answers whose server does not allow this page (CORS).");
  }
}

async function fetchBounded(effect: FetchEffect, carries: boolean, signal: AbortSignal): Promise<FetchAnswer> {
  // A browser does not show where a redirect leads before it follows it. Only a request that
  // carries nothing may follow one; what it leads to is dropped unless the grant covers it, too.
  const bare = effect.method === "GET" || effect.method === "HEAD";
  const response = await fetch(effect.url, {
    method: effect.method,
    headers: effect.headers,
    body: bare || effect.body.length === 0 ? null : effect.body,
    redirect: bare && !carries ? "follow" : "error",
    credentials: "omit",
    referrerPolicy: "no-referrer",
    cache: "no-store",
    signal: AbortSignal.any([AbortSignal.timeout(effect.timeMsMax), signal]),
  });
  if (!covers_domain(effect.domains, response.url)) {
    await response.body?.cancel();
    const { hostname } = new URL(response.url);
    return failed("POLICY_DENIED", `The address was redirected to \`${hostname}\`, which the run may not fetch from.`, `Run it with \`allowNet\` holding "${hostname}", too.`);
  }
  const body = await readBounded(response, effect.bytesMax);
  if (body === null) {
    return failed("QUOTA_FETCHES", `The answer is larger than ${effect.bytesMax} bytes.`, "Fetch a smaller part, or run it with a higher `limits.fetchBytesMax`.");
  }
  const { url, status, statusText, redirected } = response;
  const headers = [...response.headers];
  return { ok: true, result: JSON.stringify({ url, status, statusText, headers, redirected }), body };
}

async function readBounded(response: Response, bytesMax: number): Promise<Uint8Array | null> {
  if (response.body === null) return new Uint8Array();
  const reader = response.body.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > bytesMax) {
      await reader.cancel();
      return null;
    }
    parts.push(value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function failed(code: string, message: string, hint: string): FetchAnswer {
  return { ok: false, result: JSON.stringify({ code, message, hint }), body: new Uint8Array() };
}
