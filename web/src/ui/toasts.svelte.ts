// Short notes at the edge of the page: what happened, and what can be done about it.

import { hintFor } from '../lib/told';
import { ToolFailure, type ToolError } from '../lib/tools';

export interface Toast {
  id: number;
  tone: 'info' | 'success' | 'error';
  text: string;
  hint?: string | undefined;
  details?: string | undefined;
  /** How much is done of what it tells of, from 0 to 1. Such a toast stays until that is over. */
  progress?: number | undefined;
  action?: { label: string; run: () => void } | undefined;
  /** It is there until somebody answers or closes it. */
  stays?: boolean;
  /** What it is about, for taking away what the next thing of the kind makes old. */
  about?: 'run' | 'approval' | 'undo' | undefined;
}

const STAY_MS = 6_000;
const TOASTS_MAX = 4;

export class Toasts {
  list = $state.raw<Toast[]>([]);
  #next = 1;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  show(toast: Omit<Toast, 'id'>): number {
    const id = this.#next++;
    const over = this.list.filter((one) => one.progress === undefined).slice(0, Math.max(0, this.list.length - TOASTS_MAX + 1));
    for (const old of over) this.hold(old.id);
    this.list = [...this.list.filter((one) => !over.includes(one)), { ...toast, id }];
    this.release(id);
    return id;
  }

  info = (text: string, action?: Toast['action']): number => this.show({ tone: 'info', text, action });
  success = (text: string, action?: Toast['action']): number => this.show({ tone: 'success', text, action });

  /** Shows how far something is that takes a while, until it is over. */
  progress(text: string, cancel: () => void): { set(done: number): void; end(): void } {
    const id = this.show({ tone: 'info', text, progress: 0, action: { label: 'Cancel', run: cancel } });
    const set = (progress: number) => (this.list = this.list.map((toast) => (toast.id === id ? { ...toast, progress } : toast)));
    return { set, end: () => this.close(id) };
  }

  /** Shows a failure with what to do about it. Errors stay until they are closed. */
  failure(what: string, error: unknown, about?: Toast['about']): void {
    const cause: ToolError | undefined = error instanceof ToolFailure ? error.error : undefined;
    const message = error instanceof Error ? error.message : String(error);
    const place = cause?.path ? `${cause.path}${cause.line ? `:${cause.line}` : ''}` : undefined;
    const details = cause ? [cause.code, place, cause.stack].filter(Boolean).join('\n') : undefined;
    this.show({ tone: 'error', text: `${what}: ${message}`, hint: cause?.hint && hintFor(cause.hint), details, about });
  }

  clear(about: Toast['about']): void {
    for (const toast of this.list) if (toast.about === about) this.close(toast.id);
  }

  /** Takes away what a toast offers; what it tells is true all the same. */
  withdraw(id: number): void {
    this.list = this.list.map((toast) => (toast.id === id ? { ...toast, action: undefined } : toast));
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
    if (!toast || toast.stays || toast.tone === 'error' || toast.progress !== undefined) return;
    this.hold(id);
    this.#timers.set(id, setTimeout(() => this.close(id), STAY_MS));
  }
}
