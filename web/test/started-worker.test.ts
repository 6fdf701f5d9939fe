import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WorkerKernel } from '../src/lib/kernel';
import { SIGN_MS, StartedWorker } from '../src/lib/started-worker';

class FakeWorker {
  heard: unknown[] = [];
  lent: Transferable[][] = [];
  isEnded = false;
  #listeners: [string, (event: never) => void][] = [];

  postMessage(message: unknown, lent: Transferable[] = []): void {
    this.heard.push(message);
    if (lent.length) this.lent.push(lent);
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners.push([type, listener]);
  }

  terminate(): void {
    this.isEnded = true;
  }

  say(data: unknown): void {
    for (const [type, listener] of this.#listeners) if (type === 'message') listener({ data } as never);
  }
}

function start() {
  const workers: FakeWorker[] = [];
  const port = new StartedWorker(() => {
    workers.push(new FakeWorker());
    return workers.at(-1) as FakeWorker;
  });
  const heard: unknown[] = [];
  port.addEventListener('message', (event: MessageEvent) => heard.push(event.data));
  return { port, workers, heard };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a Worker that speaks gets what waited for it, and stays', async () => {
  const { port, workers, heard } = start();
  port.postMessage('early');
  expect(workers[0]?.heard).toEqual([]);
  workers[0]?.say('alive');
  port.postMessage('later');
  await vi.advanceTimersByTimeAsync(100 * SIGN_MS);
  expect(workers.map(({ isEnded }) => isEnded)).toEqual([false]);
  expect(workers[0]?.heard).toEqual(['early', 'later']);
  expect(heard).toEqual(['alive']);
});

test('what is lent goes to the Worker that speaks, and not before', () => {
  const { port, workers } = start();
  const { port1, port2 } = new MessageChannel();
  port.postMessage({ port: port2 }, [port2]);
  workers[0]?.say('alive');
  expect(workers[0]?.heard).toEqual([{ port: port2 }]);
  expect(workers[0]?.lent).toEqual([[port2]]);
  port1.close();
});

test('one that never speaks is replaced, each time after a longer wait, and its successor gets everything', async () => {
  const { port, workers, heard } = start();
  port.postMessage('early');
  await vi.advanceTimersByTimeAsync(SIGN_MS);
  expect(workers.map(({ isEnded }) => isEnded)).toEqual([true, false]);
  await vi.advanceTimersByTimeAsync(2 * SIGN_MS - 1);
  expect(workers).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(workers.map(({ isEnded }) => isEnded)).toEqual([true, true, false]);
  port.postMessage('still early');
  workers[2]?.say('alive');
  expect(workers[2]?.heard).toEqual(['early', 'still early']);
  expect(heard).toEqual(['alive']);
});

test('what is no plain data is refused at once', () => {
  const { port } = start();
  expect(() => port.postMessage(() => 'x')).toThrow();
});

test('what it says before anybody listens is heard, once and in order, by who listens first', async () => {
  const worker = new FakeWorker();
  const port = new StartedWorker(() => worker);
  worker.say('alive');
  worker.say('ready');
  const heard: unknown[] = [];
  port.addEventListener('message', (event: MessageEvent) => heard.push(event.data));
  port.addEventListener('message', () => undefined);
  await Promise.resolve();
  worker.say('more');
  expect(heard).toEqual(['alive', 'ready', 'more']);
});

test('who hears of events through the kernel hears also of those that came before the page was there', async () => {
  const worker = new FakeWorker();
  const port = new StartedWorker(() => worker);
  worker.say({ type: 'event', event: { kind: 'storage', mode: 'memory', reason: 'It is full.' } });
  worker.say({ type: 'event', event: { kind: 'failed', message: 'It is damaged.' } });
  const kernel = new WorkerKernel(port);
  const heard: string[] = [];
  kernel.subscribe(({ kind }) => heard.push(kind));
  await Promise.resolve();
  expect(heard).toEqual(['storage', 'failed']);
});
