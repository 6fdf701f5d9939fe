// The messages between a page and the kernel Worker.

/** What a page sends. `agent` names who calls, when it is not the person at the page. */
export type ToKernel =
  | { type: "call"; id: number; name: string; input: unknown; agent?: string }
  | { type: "tools"; id: number };

/** Something to show, from the engine or from the kernel itself. */
export type KernelEvent =
  | { kind: "ready"; tools: string[] }
  | { kind: "storage"; mode: "durable" | "memory" | "waiting"; reason?: string }
  | { kind: "failed"; message: string }
  | { kind: "changed" | "run" | "log" | "asked"; [key: string]: unknown };

/** What the kernel sends. */
export type FromKernel =
  | { type: "result"; id: number; result: unknown }
  | { type: "event"; event: KernelEvent };
