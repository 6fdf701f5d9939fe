// Short notes at the edge of the page: what happened, and what can be done about it.

import { ToolFailure, type ToolError } from '../lib/tools';

export interface Toast {
  id: number;
  tone: 'info' | 'success' | 'error';
  text: string;
  hint?: string | undefined;
  details?: string | undefined;
  action?: { label: string; run: () => void } | undefined;
  /** What it is about, for taking away what the next thing of the kind makes old. */
  about?: 'run' | undefined;
}

const STAY_MS = 6_000;
const TOASTS_MAX = 4;

export class Toasts {
  list = $state.raw<Toast[]>([]);
  #next = 1;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  show(toast: Omit<Toast, 'id'>): number {
    const id = this.#next++;
    const kept = this.list.slice(Math.max(0, this.list.length - TOASTS_MAX + 1));
    for (const old of this.list) if (!kept.includes(old)) this.hold(old.id);
    this.list = [...kept, { ...toast, id }];
    this.release(id);
    return id;
  }

  info = (text: string, action?: Toast['action']): number => this.show({ tone: 'info', text, action });
  success = (text: string, action?: Toast['action']): number => this.show({ tone: 'success', text, action });

  /** Shows a failure with what to do about it. Errors stay until they are closed. */
  failure(what: string, error: unknown, about?: Toast['about']): void {
    const cause: ToolError | undefined = error instanceof ToolFailure ? error.error : undefined;
    const message = error instanceof Error ? error.message : String(error);
    const place = cause?.path ? `${cause.path}${cause.line ? `:${cause.line}` : ''}` : undefined;
    const details = cause ? [cause.code, place, cause.stack].filter(Boolean).join('\n') : undefined;
    this.show({ tone: 'error', text: `${what}: ${message}`, hint: cause?.hint, details, about });
  }

  clear(about: Toast['about']): void {
    for (const toast of this.list) if (toast.about === about) this.close(toast.id);
  }

  close(id: number): void {
    this.hold(id);
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  /** Keeps a toast for as long as somebody is on it. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  release(id: number): void {
    const toast = this.list.find((one) => one.id === id);
    if (!toast || toast.tone === 'error') return;
    this.hold(id);
    this.#timers.set(id, setTimeout(() => this.close(id), STAY_MS));
  }
}
