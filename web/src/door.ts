// The door for callers outside the page: what comes as messages becomes calls under the caller's name, and answers, news and
// events go back as messages. Frames and programs around the page use the same one; who may come to it is theirs to say.

import type { FromDoor, SelvageEvent, ToDoor } from '../embed/selvage';
import type { Kernel } from './lib/kernel';
import { POLICY_FILE } from './lib/paths';
import type { KernelEvent, ToolResult } from './lib/tools';
import { watchedCall } from './lib/watched-call';

/** The most calls of one caller that wait for their answers. */
export const CALLS_MAX = 256;

/** What is open to callers, once it is. */
export interface Opened {
  version: string;
  tools: string[];
}

export class Caller {
  #calls = new Map<unknown, AbortController>();
  #leave: (() => void) | undefined;

  constructor(
    readonly kernel: Kernel,
    readonly opened: () => Promise<Opened>,
    readonly name: string,
    readonly send: (message: FromDoor) => void,
  ) {}

  /** Does what a message says. Whatever it holds, the answer is data. */
  async hear(message: unknown): Promise<void> {
    const { id, ...rest } = message as { id: number } & Record<string, unknown>;
    const asked = rest as Partial<Record<'hello' | 'name' | 'input' | 'watch' | 'cancel' | 'listen', unknown>>;
    const answer = (result: ToolResult): void => this.send({ selvage: 1, id, result });
    if (asked.cancel === true) return this.#calls.get(id)?.abort();
    if (typeof asked.listen === 'boolean') return this.listen(asked.listen);
    if (asked.hello === true) return answer({ ok: true, value: await this.opened() });
    if (typeof asked.name !== 'string') return answer(refused('INVALID_INPUT', 'The message names no tool.', 'Send {selvage: 1, id, name, input}.'));
    if (this.#calls.size >= CALLS_MAX) return answer(refused('BUSY', `${CALLS_MAX} calls wait for their answers.`, 'Wait for some of them.'));
    if (this.#calls.has(id)) return answer(refused('INVALID_INPUT', 'A call of that number waits for its answer.', 'Give each call a number of its own.'));
    const giveUp = new AbortController();
    this.#calls.set(id, giveUp);
    const heard = (news: SelvageEvent): void => this.send({ selvage: 1, id, news });
    try {
      const { name, input = {} } = asked as { name: string; input?: unknown };
      answer(asked.watch === true ? await watchedCall(this.kernel, name, input, this.name, { signal: giveUp.signal, heard }) : await this.kernel.call(name, input, this.name));
    } finally {
      this.#calls.delete(id);
    }
  }

  /** Tells the caller of events, or no longer. Where there is a policy, what changed and what runs log may be nothing for it: it hears that something changed, and asks. */
  listen(on: boolean): void {
    this.#leave?.();
    this.#leave = undefined;
    if (!on) return;
    let listens = true;
    let ruled: ReturnType<Kernel['call']> | undefined;
    let told = Promise.resolve();
    const leave = this.kernel.subscribe((event) => {
      if (!isPublic(event)) return;
      if (event.kind === 'changed' && (event.paths.length === 0 || event.paths.includes(POLICY_FILE))) ruled = undefined;
      const asked = (ruled ??= this.kernel.call('stat', { path: POLICY_FILE }));
      told = told.then(async () => {
        const found = await asked;
        const isFree = !found.ok && found.error.code === 'NOT_FOUND';
        // What keeps that from being known counts as a policy, this once.
        if (!found.ok && !isFree && ruled === asked) ruled = undefined;
        const heard = isFree ? event : withoutFiles(event);
        if (listens && heard) this.send({ selvage: 1, event: heard });
      });
    });
    this.#leave = () => {
      listens = false;
      leave();
    };
  }
}

/** An event that names no file and no run, where one is left. */
const withoutFiles = (event: PublicEvent): PublicEvent | undefined => (event.kind === 'changed' ? { ...event, paths: [] } : undefined);

type PublicEvent = Extract<KernelEvent, { kind: SelvageEvent['kind'] }>;

/** What happens in the workspace is for callers; what devices say to each other is not. */
const isPublic = (event: KernelEvent): event is PublicEvent => ['changed', 'run', 'log', 'asked'].includes(event.kind);

export const refused = (code: string, message: string, hint: string): { ok: false; error: { code: string; message: string; hint: string } } => ({ ok: false, error: { code, message, hint } });

/** Whether a message is for the door, and no answer of one. */
export function isForDoor(message: unknown): message is ToDoor {
  return typeof message === 'object' && message !== null && (message as { selvage?: unknown }).selvage === 1 && !['result', 'news', 'event'].some((part) => part in message);
}
