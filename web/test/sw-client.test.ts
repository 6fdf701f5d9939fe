// When the page asks for its service worker: not before it is usable, unless it has one.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { installServiceWorker } from '../src/sw-client';
import { Toasts } from '../src/ui/toasts.svelte';
import { FakeKernel } from './fake-kernel';

const register = vi.fn();
let kernel: FakeKernel;

beforeEach(() => {
  vi.useFakeTimers();
  register.mockReset().mockResolvedValue({ addEventListener: () => {}, update: async () => {} });
  kernel = new FakeKernel({});
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function visit(controller: object | null): void {
  vi.stubGlobal('navigator', { serviceWorker: { controller, register, addEventListener: () => {}, ready: new Promise(() => {}) } });
  vi.stubGlobal('document', { baseURI: 'https://example.com/' });
  void installServiceWorker(new Toasts(), kernel);
}

test('a first visit keeps the page when the workspace is open', async () => {
  visit(null);
  await vi.advanceTimersByTimeAsync(10_000);
  kernel.emit({ kind: 'storage', mode: 'durable' });
  await vi.advanceTimersByTimeAsync(0);
  expect(register).not.toHaveBeenCalled();
  kernel.start();
  await vi.advanceTimersByTimeAsync(0);
  expect(register).toHaveBeenCalledOnce();
});

test('a page that will not be usable is kept all the same, and so is its next version', async () => {
  visit(null);
  kernel.emit({ kind: 'failed', message: 'out of memory' });
  await vi.advanceTimersByTimeAsync(0);
  expect(register).toHaveBeenCalledOnce();
  visit(null);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(register).toHaveBeenCalledTimes(2);
});

test('a page that is kept asks for the next version at once', async () => {
  visit({});
  await vi.advanceTimersByTimeAsync(0);
  expect(register).toHaveBeenCalledOnce();
});
