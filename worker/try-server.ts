// Whether a server would run jobs for this device, and what to do when it would not.

import type { JobPlace } from "./client-messages.ts";
import { Failed, Wire, whole, type Told } from "./wire.ts";

const ANSWER_BYTES_MAX = 64 * 1024;

/** Asks whether the server is well, and whether it takes the key. It never rejects. */
export async function tryServer(place: JobPlace): Promise<{ ok: true; value: null } | { ok: false; error: Told }> {
  const wire = new Wire(place);
  const signal = new AbortController().signal;
  try {
    // Without the key, so that a server that is none never sees it.
    await whole(await wire.ask({ method: "GET", path: "/healthz", keyless: true }, signal), ANSWER_BYTES_MAX);
    await whole(await wire.ask({ method: "POST", path: "/blobs/missing", body: '{"hashes":[]}' }, signal), ANSWER_BYTES_MAX);
    return { ok: true, value: null };
  } catch (error) {
    return { ok: false, error: why(error, wire.address) };
  }
}

function why(error: unknown, address: string): Told {
  const code = "EXECUTOR_UNAVAILABLE";
  if (!(error instanceof Failed)) return { code, message: `The server at ${address} could not be asked: ${String(error)}.` };
  if (error.kind === "absent") return error.told;
  switch (error.status) {
    case 0:
      if (error.kind === "refused") return { code, message: `${address} leads to another address.`, hint: "Give the address that it leads to, if you trust it with the key." };
      return {
        code,
        message: `This page can't reach a server at ${address}.`,
        hint: `Look whether \`selvage serve\` runs there, and the address is right. Unless it serves this page, it has to allow it: \`--origin ${self.location.origin}\`.`,
      };
    case 401:
    case 403:
      return { code, message: `The server at ${address} does not take this key.`, hint: "Ask whoever runs it for a key that may run jobs, and copy all of it." };
    case 404:
    case 405:
      return { code, message: `What is at ${address} runs no jobs.`, hint: "Look whether the address is right; a Selvage server runs jobs when it was started with `--jobs`." };
    case 429:
    case 503:
      return { code, message: `The server at ${address} can't take runs now: ${error.told.message}`, hint: "Try again later." };
    default:
      return { code, message: `The server at ${address} refuses: ${error.told.message}`, ...(error.told.hint === undefined ? {} : { hint: error.told.hint }) };
  }
}
