// Who calls tools here besides the person, and what they called lately: the newest calls of this tab, bounded.

import type { Kernel } from '../lib/kernel';
import { onNextFrame } from '../lib/frame';

/** The most calls that are kept. */
export const CALLS_KEPT_MAX = 500;
/** The most agents that are remembered; embedding pages could come from many origins. */
export const AGENTS_MAX = 100;

export interface Call {
  /** Counts them, for whoever lists them. */
  id: number;
  agent: string;
  tool: string;
  atMs: number;
  /** JSON, cut where it is long. */
  input: string;
  /** How it ended; nothing as long as it goes on. */
  end?: { ok: boolean; durationMs: number; answer: string; path?: string | undefined; run?: string | undefined; record?: string | undefined };
}

export interface Agent {
  name: string;
  calls: number;
  failures: number;
  open: number;
  lastMs: number;
}

export class Agents {
  /** Newest first. */
  calls = $state.raw<readonly Call[]>([]);
  list = $state.raw<readonly Agent[]>([]);
  #calls: Call[] = [];
  #open = new Map<number, Call>();
  #agents = new Map<string, Agent>();
  #next = 1;
  #telling = false;

  constructor(kernel: Kernel) {
    kernel.subscribe((event) => {
      if (event.kind === 'call') {
        const call: Call = { id: this.#next++, agent: event.agent, tool: event.name, atMs: event.atMs, input: event.input };
        this.#open.set(event.call, call);
        this.#calls = [call, ...this.#calls].slice(0, CALLS_KEPT_MAX);
        const agent = this.#agent(event.agent);
        if (agent) Object.assign(agent, { calls: agent.calls + 1, open: agent.open + 1, lastMs: event.atMs });
      } else if (event.kind === 'called') {
        const call = this.#open.get(event.call);
        if (!call) return;
        this.#open.delete(event.call);
        const { ok, durationMs, answer, path, run, record } = event;
        const ended = { ...call, end: { ok, durationMs, answer, path, run, record } };
        this.#calls = this.#calls.map((one) => (one.id === call.id ? ended : one));
        const agent = this.#agent(call.agent);
        if (agent) Object.assign(agent, { open: agent.open - 1, failures: agent.failures + (ok ? 0 : 1) });
      } else return;
      this.#tellSoon();
    });
  }

  /** Forgets the calls. Who called is known all the same. */
  clear(): void {
    this.#calls = [];
    this.#tellSoon();
  }

  #agent(name: string): Agent | undefined {
    const known = this.#agents.get(name);
    if (known || this.#agents.size >= AGENTS_MAX) return known;
    const agent = { name, calls: 0, failures: 0, open: 0, lastMs: 0 };
    this.#agents.set(name, agent);
    return agent;
  }

  /** A busy agent changes this a thousand times a second; a picture has one state. */
  #tellSoon(): void {
    if (this.#telling) return;
    this.#telling = true;
    onNextFrame(() => {
      this.#telling = false;
      this.calls = this.#calls;
      this.list = [...this.#agents.values()].map((agent) => ({ ...agent }));
    });
  }
}
