// The page's API for scripts and for pages that embed this one: the same calls the page makes.
//
// An embedding page posts `{selvage: 1, id, name, input}` and gets `{selvage: 1, id, result}` (`door.ts` has the rest). Which
// origins may do that is the list in `embed.json` at the top of the workspace; it starts empty.

import { version } from '../../package.json';
import type { FromDoor } from '../embed/selvage';
import { Caller, isForDoor, refused } from './door';
import { catalogue, type ToolDescription } from './lib/catalogue';
import type { Kernel } from './lib/kernel';
import type { ToolResult } from './lib/tools';

export const EMBED_FILE = 'embed.json';

export interface SelvageApi {
  version: string;
  tools: {
    call(name: string, input?: unknown): Promise<ToolResult>;
    list(): Promise<string[]>;
    /** Every tool with its description and its JSON Schemas, as agents' protocols name them. */
    catalogue(): Promise<ToolDescription[]>;
  };
}

export function installSelvage(kernel: Kernel, target: Window = window): void {
  // Calls that come before the workspace is open wait for it, so that a script need not know.
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const origins = new Set<string>();
  let tools: string[] = [];
  const readOrigins = async (): Promise<void> => {
    const result = await kernel.call('read', { path: EMBED_FILE, encoding: 'text' });
    origins.clear();
    if (result.ok) for (const origin of originsIn((result.value as { content: string }).content)) origins.add(origin);
  };
  kernel.subscribe((event) => {
    if (event.kind === 'ready') {
      tools = event.tools;
      void readOrigins().then(open);
    } else if (event.kind === 'failed') open();
    else if (event.kind === 'changed' && (event.paths.length === 0 || event.paths.includes(EMBED_FILE))) void readOrigins();
  });
  const call = async (name: string, input: unknown, agent: string): Promise<ToolResult> => {
    await opened;
    return kernel.call(name, input, agent);
  };
  const api: SelvageApi = {
    version,
    tools: {
      call: (name, input = {}) => call(name, input, 'page'),
      list: () => opened.then(() => [...tools]),
      catalogue,
    },
  };
  Object.defineProperty(target, 'selvage', { value: api, enumerable: true });

  const callers = new WeakMap<MessageEventSource, Caller>();
  target.addEventListener('message', ({ data, source, origin }: MessageEvent) => {
    if (!isForDoor(data) || !source) return;
    void (async () => {
      await opened;
      // An opaque origin can't be named as the target, and never gets more than a refusal.
      const post = (message: FromDoor): void => (source as WindowProxy).postMessage(message, { targetOrigin: origin === 'null' ? '*' : origin });
      if (!origins.has(origin)) return post({ selvage: 1, id: data.id, result: refusal(origin) });
      let caller = callers.get(source);
      if (caller?.name !== origin) {
        // A page that went elsewhere takes its listening with it; one that is taken off the list hears nothing more.
        caller?.listen(false);
        const made = new Caller(kernel, () => Promise.resolve({ version, tools: [...tools] }), origin, (message) => ('event' in message && !origins.has(origin) ? made.listen(false) : post(message)));
        callers.set(source, (caller = made));
      }
      await caller.hear(data);
    })();
  });
}

/** The origins that a text of `embed.json` allows. Anything that is not an origin allows nothing. */
export function originsIn(text: string): string[] {
  try {
    const value = JSON.parse(text) as { origins?: unknown };
    if (!Array.isArray(value?.origins)) return [];
    return value.origins.filter((one): one is string => typeof one === 'string' && isOrigin(one));
  } catch {
    return [];
  }
}

function isOrigin(text: string): boolean {
  try {
    const url = new URL(text);
    return url.origin === text && url.origin !== 'null';
  } catch {
    return false;
  }
}

const refusal = (origin: string): ToolResult => {
  const { ok, error } = refused('POLICY_DENIED', `The origin ${origin} may not call this workspace.`, `Add it to "origins" in ${EMBED_FILE} at the top of the workspace.`);
  return { ok, error: { ...error, path: EMBED_FILE } };
};
