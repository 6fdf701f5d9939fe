// A call for somebody outside who wants to hear how far it is, and to give it up. Its answer is that of the call without a watcher.

import type { Kernel } from './kernel';
import type { KernelEvent, ToolResult } from './tools';

/** What a watcher hears of the run that its call started. */
export type RunNews = Extract<KernelEvent, { kind: 'run' | 'log' | 'asked' }>;

export interface Watch {
  /** Aborting it cancels the run. The answer comes all the same, and says so; a call that starts no run ends by itself. */
  signal?: AbortSignal | undefined;
  heard?: ((news: RunNews) => void) | undefined;
}

/** Calls a tool and tells the watcher of its run; where that fails and is made again, of the next one. It never rejects. */
export async function watchedCall(kernel: Kernel, name: string, input: unknown, agent: string | undefined, { signal, heard }: Watch): Promise<ToolResult> {
  let run: string | undefined;
  const cancel = (): void => {
    if (run !== undefined) void kernel.call('flow_cancel', { run }, agent);
  };
  const leave = kernel.subscribe((event) => {
    if ((event.kind === 'run' || event.kind === 'log' || event.kind === 'asked') && event.run === run) heard?.(event);
  });
  signal?.addEventListener('abort', cancel);
  try {
    return await kernel.call(name, input, agent, (started) => {
      if (run === started) return;
      run = started;
      if (signal?.aborted) cancel();
    });
  } finally {
    leave();
    signal?.removeEventListener('abort', cancel);
  }
}
