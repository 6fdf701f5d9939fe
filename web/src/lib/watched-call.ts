// A call for somebody outside who wants to hear how far it is, and to give it up: a run is started without waiting for it,
// watched by its events, and read when it is over. What comes back is what the call without a watcher gives.

import type { Kernel } from './kernel';
import { ended, type KernelEvent, type LogEntry, type RunRecord, type ToolResult } from './tools';

/** What a watcher hears of the run that its call started. */
export type RunNews = Extract<KernelEvent, { kind: 'run' | 'log' | 'asked' }>;

export interface Watch {
  /** Aborting it cancels the run. The answer comes all the same, and says so; a call that starts no run ends by itself. */
  signal?: AbortSignal | undefined;
  heard?: ((news: RunNews) => void) | undefined;
}

/** Calls a tool and tells the watcher of its run. It never rejects. */
export async function watchedCall(kernel: Kernel, name: string, input: unknown, agent: string | undefined, { signal, heard }: Watch): Promise<ToolResult> {
  if (name !== 'run_flow' || typeof input !== 'object' || input === null || ('wait' in input && input.wait === false)) return kernel.call(name, input, agent);
  let run: string | undefined;
  let over: () => void = () => undefined;
  const isOver = new Promise<void>((resolve) => (over = resolve));
  // News of the run may be here before its name is.
  const early: RunNews[] = [];
  const hear = (news: RunNews): void => {
    if (news.run !== run) return;
    heard?.(news);
    if (news.kind === 'run' && ended(news.status)) over();
  };
  const leave = kernel.subscribe((event) => {
    if (event.kind === 'failed') over();
    else if (event.kind === 'run' || event.kind === 'log' || event.kind === 'asked') run === undefined ? early.push(event) : hear(event);
  });
  const cancel = (): void => {
    if (run !== undefined) void kernel.call('flow_cancel', { run }, agent);
  };
  signal?.addEventListener('abort', cancel);
  try {
    const started = await kernel.call(name, { ...input, wait: false }, agent);
    if (!started.ok) return started;
    const record = started.value as RunRecord;
    run = record.run;
    early.splice(0).forEach(hear);
    if (ended(record.status)) return started;
    if (signal?.aborted) cancel();
    await isOver;
    const status = await kernel.call('flow_status', { run }, agent);
    const logs = await kernel.call('flow_logs', { run }, agent);
    if (!status.ok) return status;
    const { error } = status.value as RunRecord;
    if (error) return { ok: false, error };
    return { ok: true, value: { ...(status.value as RunRecord), ...(logs.ok ? { logs: (logs.value as { entries: LogEntry[] }).entries } : {}) } };
  } finally {
    leave();
    signal?.removeEventListener('abort', cancel);
  }
}
