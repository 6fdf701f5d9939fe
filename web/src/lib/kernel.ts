// The page's side of the kernel Worker: calls go out with a number, results come back with it,
// and events come at any time.

import type { DeviceAct, JobPlace, SecretAct, ToDevices, ToKernel } from '../../../worker/client-messages';
import { ToolFailure, type KernelEvent, type ToolResult } from './tools';

export interface Kernel {
  /**
   * Calls a tool. It never rejects: every failure is data. `agent` names who calls, when it is not the person; `started` hears which
   * run the call waits for, before any of that run's events, and of another one when that failed and is made again.
   */
  call(name: string, input: unknown, agent?: string, started?: (run: string) => void): Promise<ToolResult>;
  /** Asks for something of the devices that share the workspace. It never rejects, either. */
  devices(act: DeviceAct): Promise<ToolResult>;
  /** Does something with the secrets of this device, and gives how they are then. It never rejects, either. */
  secrets(act: SecretAct): Promise<ToolResult>;
  /**
   * Stores a file piece by piece and gives its hash, by which `write` names it; `told` hears how much is done, from 0 to 1.
   * Nothing of it is kept when the signal says that it is given up. It never rejects.
   */
  store(file: Blob, told: (done: number) => void, signal: AbortSignal): Promise<ToolResult>;
  /** Writes files and makes folders as one change, or does nothing of it. It never rejects, either. */
  bring(message: string, brought: readonly Brought[]): Promise<ToolResult>;
  /** A stretch of a content, shorter where that ends, in the buffer, which is lent for as long. It never rejects. */
  part(hash: string, from: number, into: ArrayBuffer): Promise<ToolResult>;
  /** Where runs run from now on, when that is not in this browser. A port is the kernel's from then on. */
  runAt(place: JobPlace | null): void;
  /** Asks whether jobs would be run there. It never rejects. */
  tryServer(place: JobPlace): Promise<ToolResult>;
  /** Says something to devices that are there; it may be lost. */
  tell(message: ToDevices): void;
  /** Hears of events; the returned function stops that. */
  subscribe(listener: (event: KernelEvent) => void): () => void;
}

/** What goes to a path: bytes, the hash of a file that was stored, or null for a folder. */
export interface Brought {
  path: string;
  content: Uint8Array | string | null;
}

/** Calls a tool and throws a `ToolFailure` where it failed. */
export async function callOrThrow<T>(kernel: Kernel, name: string, input: unknown): Promise<T> {
  return valueOf<T>(await kernel.call(name, input));
}

/** The value of what worked; a `ToolFailure` is thrown of what did not. */
export function valueOf<T>(result: ToolResult): T {
  if (!result.ok) throw new ToolFailure(result.error);
  return result.value as T;
}

/** The part of a Worker that the client needs. */
export interface Port {
  postMessage(message: unknown, lent?: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
  addEventListener(type: 'error', listener: (event: ErrorEvent) => void): void;
}

/** How long a kernel may take to show that it still answers. */
export const ANSWER_MS_MAX = 10_000;

export class WorkerKernel implements Kernel {
  #port: Port;
  #next = 1;
  #waiting = new Map<number, (result: ToolResult) => void>();
  /** Who hears what a call waits for. */
  #started = new Map<number, (run: string) => void>();
  /** Who calls, where that is not the person. */
  #agents = new Map<number, string>();
  /** Who hears how far a file is. */
  #told = new Map<number, (done: number) => void>();
  #listeners = new Set<(event: KernelEvent) => void>();
  #dead: string | undefined;
  #alive = false;

  constructor(port: Port) {
    this.#port = port;
    port.addEventListener('message', (event) => this.#receive(event.data));
    port.addEventListener('error', (event) => void this.#broke(event.message || 'its program could not be loaded'));
  }

  call(name: string, input: unknown, agent?: string, started?: (run: string) => void): Promise<ToolResult> {
    return this.#ask((id) => {
      if (started) this.#started.set(id, started);
      if (agent !== undefined) this.#agents.set(id, agent);
      return { type: 'call', id, name, input, ...(agent === undefined ? {} : { agent }) };
    }, name);
  }

  devices(act: DeviceAct): Promise<ToolResult> {
    return this.#ask((id) => ({ type: 'devices', id, act }), act.do);
  }

  secrets(act: SecretAct): Promise<ToolResult> {
    return this.#ask((id) => ({ type: 'secrets', id, act }), act.do);
  }

  store(file: Blob, told: (done: number) => void, signal: AbortSignal): Promise<ToolResult> {
    return this.#ask((id) => {
      this.#told.set(id, told);
      signal.addEventListener('abort', () => this.#port.postMessage({ type: 'giveUp', id }));
      return { type: 'store', id, file };
    }, 'store');
  }

  bring(message: string, brought: readonly Brought[]): Promise<ToolResult> {
    return this.#ask((id) => ({ type: 'bring', id, message, pairs: brought.map(({ path, content }) => [path, content]) }), 'bring');
  }

  part(hash: string, from: number, into: ArrayBuffer): Promise<ToolResult> {
    return this.#ask((id) => ({ type: 'part', id, hash, from, into }), 'part', [into]);
  }

  runAt(place: JobPlace | null): void {
    this.#send({ type: 'runAt', place }, portOf(place));
  }

  tryServer(place: JobPlace): Promise<ToolResult> {
    return this.#ask((id) => ({ type: 'tryServer', id, place }), 'tryServer', portOf(place));
  }

  tell(message: ToDevices): void {
    this.#send(message);
  }

  #send(message: ToKernel, lent: Transferable[] = []): void {
    if (this.#dead === undefined) this.#port.postMessage(message, lent);
  }

  #ask(message: (id: number) => ToKernel, name: string, lent: Transferable[] = []): Promise<ToolResult> {
    if (this.#dead !== undefined) return Promise.resolve(broken(this.#dead));
    const id = this.#next++;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      try {
        this.#port.postMessage(message(id), lent);
      } catch {
        // Structured clone refuses functions, and proxies of the page's state.
        this.#waiting.delete(id);
        resolve({
          ok: false,
          error: {
            code: 'INVALID_INPUT',
            message: `The input of ${name} holds something that is not plain data.`,
            hint: 'Pass objects, arrays, strings, numbers, booleans and null only.',
          },
        });
      }
    });
  }

  subscribe(listener: (event: KernelEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Something threw in the Worker, or in one of the Workers below it, whose errors end up here, too.
   * A kernel that has not said anything yet could not be loaded; any other shows by an answer that it lives.
   */
  async #broke(message: string): Promise<void> {
    if (this.#dead !== undefined) return;
    if (!this.#alive) return this.#fail(message);
    const answer = this.call('workspace_status', {}).then(() => true);
    const silence = new Promise<false>((resolve) => setTimeout(() => resolve(false), ANSWER_MS_MAX));
    if (!(await Promise.race([answer, silence]))) this.#fail(message);
  }

  #receive(message: { type?: string; id?: number; result?: ToolResult; done?: number; event?: KernelEvent }): void {
    this.#alive = true;
    if (message?.type === 'result' && message.id !== undefined && message.result) {
      const resolve = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      this.#told.delete(message.id);
      this.#started.delete(message.id);
      this.#agents.delete(message.id);
      resolve?.(message.result);
    } else if (message?.type === 'progress' && message.id !== undefined) {
      this.#told.get(message.id)?.(message.done ?? 0);
    } else if (message?.type === 'event' && message.event) {
      if (message.event.kind === 'failed') return this.#fail(message.event.message);
      if (message.event.kind !== 'run' || message.event.call === undefined) return this.#emit(message.event);
      const { run, call } = message.event;
      this.#started.get(call)?.(run);
      // The number means nothing to others.
      delete message.event.call;
      this.#emit(message.event);
      const agent = this.#agents.get(call);
      if (agent !== undefined) this.#emit({ kind: 'began', run, agent });
    }
  }

  #fail(message: string): void {
    this.#dead = message;
    for (const resolve of this.#waiting.values()) resolve(broken(message));
    this.#waiting.clear();
    this.#told.clear();
    this.#started.clear();
    this.#agents.clear();
    this.#emit({ kind: 'failed', message });
  }

  #emit(event: KernelEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

const portOf = (place: JobPlace | null): Transferable[] => (place instanceof MessagePort ? [place] : []);

function broken(message: string): ToolResult {
  return {
    ok: false,
    error: {
      code: 'INTERNAL',
      message: `The workspace stopped: ${message}`,
      hint: 'Reload the page. What is saved on this device is still there.',
    },
  };
}
