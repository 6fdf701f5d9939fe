// The messages between a page and the kernel Worker.

/** What a page sends. `agent` names who calls, when it is not the person at the page. */
export type ToKernel =
  | { type: "call"; id: number; name: string; input: unknown; agent?: string }
  | { type: "tools"; id: number };

/** Something to show, from the engine or from the kernel itself. */
export type KernelEvent =
  | { kind: "ready"; tools: string[] }
  | { kind: "storage"; mode: "durable" | "memory"; reason?: string }
  /** How many other tabs there are, which all exchange with this one. */
  | { kind: "tabs"; others: number }
  /** Files of the workspace could not be read; `restored` says whether another copy took their place. They are kept. */
  | { kind: "damaged"; message: string; restored: boolean }
  | { kind: "failed"; message: string }
  | { kind: "changed" | "run" | "log" | "asked" | "peerLost"; [key: string]: unknown };

/** What the kernel sends. */
export type FromKernel =
  | { type: "result"; id: number; result: unknown }
  | { type: "event"; event: KernelEvent };
