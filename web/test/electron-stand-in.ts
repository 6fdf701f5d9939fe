// What of Electron the package `web/electron` touches, as Electron documents it: two processes that exchange copies, a bridge
// that copies once more, and windows that ask before they go anywhere. Nothing is drawn.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { runInNewContext } from 'node:vm';
import ts from 'typescript';
import { vi } from 'vitest';

type Listener = (...args: never[]) => unknown;

/** Listeners by event, and what they were called with. */
class Emitter {
  #listeners = new Map<string, Listener[]>();

  on(event: string, listener: Listener): this {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
    return this;
  }

  once = this.on;

  off(event: string, listener: Listener): this {
    this.#listeners.set(event, (this.#listeners.get(event) ?? []).filter((one) => one !== listener));
    return this;
  }

  emit(event: string, ...args: unknown[]): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(...(args as never[]));
  }
}

export class FakeContents extends Emitter {
  /** The process of the page, as its preload script sees it; it ends with its window. */
  readonly renderer = new Emitter();
  gone = false;
  mainFrame = { origin: 'selvage://app' };
  openHandler: ((details: { url: string }) => { action: string }) | undefined;

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler;
  }

  send(channel: string, message: unknown): void {
    const copy = structuredClone(message);
    queueMicrotask(() => this.renderer.emit(channel, { sender: 'everything of Electron' }, copy));
  }

  /** Whether the window goes there. */
  goes(event: string, url: string): boolean {
    const preventDefault = vi.fn();
    this.emit(event, { url, preventDefault });
    return preventDefault.mock.calls.length === 0;
  }
}

export function fakeElectron() {
  const handlers = new Map<string, Listener>();
  const windows: { options: { webPreferences?: Record<string, unknown> }; contents: FakeContents; close: () => void; urls: string[] }[] = [];
  const schemes: { scheme: string; privileges?: Record<string, boolean> }[] = [];
  const rules: { request?: Listener; check?: Listener; device?: Listener; served?: (request: Request) => Promise<Response>; partition?: string; answer?: string } = {};
  class BrowserWindow extends Emitter {
    webContents = new FakeContents();
    #destroyed = false;
    #urls: string[] = [];

    constructor(options: { webPreferences?: Record<string, unknown> }) {
      super();
      const close = (): void => {
        this.#destroyed = true;
        this.webContents.gone = true;
        this.emit('closed');
      };
      windows.push({ options, contents: this.webContents, close, urls: this.#urls });
    }

    isDestroyed = (): boolean => this.#destroyed;

    loadURL(url: string): Promise<void> {
      this.#urls.push(url);
      return Promise.resolve();
    }
  }
  const own = {
    protocol: { handle: (_scheme: string, handler: (request: Request) => Promise<Response>) => (rules.served = handler) },
    setPermissionRequestHandler: (handler: Listener) => (rules.request = handler),
    setPermissionCheckHandler: (handler: Listener) => (rules.check = handler),
    setDevicePermissionHandler: (handler: Listener) => (rules.device = handler),
  };
  const electron = {
    BrowserWindow,
    dialog: { showMessageBoxSync: (_window: BrowserWindow, question: { buttons: string[] }) => question.buttons.indexOf(rules.answer ?? '') },
    ipcMain: {
      handle(channel: string, handler: Listener) {
        // As Electron does: a second handler is a mistake.
        if (handlers.has(channel)) throw new Error(`${channel} has a handler`);
        handlers.set(channel, handler);
      },
      removeHandler: (channel: string) => void handlers.delete(channel),
    },
    protocol: { registerSchemesAsPrivileged: (all: typeof schemes) => schemes.push(...all) },
    session: {
      fromPartition(partition: string) {
        rules.partition = partition;
        return own;
      },
    },
  };
  /** A message of a frame to the main process. */
  const invoke = async (contents: FakeContents, frame: unknown, channel: string, message: unknown): Promise<unknown> => {
    const handler = handlers.get(channel);
    if (!handler) throw new Error(`${channel} has no handler`);
    return structuredClone(await handler(...([{ sender: contents, senderFrame: frame }, structuredClone(message)] as never[])));
  };
  return { electron: electron as never, windows, schemes, rules, handlers, invoke };
}

/**
 * Runs the preload script as a sandboxed one: a single file with a `require` that knows Electron alone. Gives what the page
 * finds, each function of which copies what goes through it.
 */
export function preload(file: string, { contents, invoke }: { contents: FakeContents; invoke: ReturnType<typeof fakeElectron>['invoke'] }): Record<string, Record<string, (...args: unknown[]) => unknown>> {
  const world: Record<string, Record<string, (...args: unknown[]) => unknown>> = {};
  const cross = (value: unknown): unknown => (typeof value === 'function' ? (...args: unknown[]) => cross((value as (...args: unknown[]) => unknown)(...args.map(cross))) : value instanceof Promise ? value.then(cross) : structuredClone(value));
  const electron = {
    contextBridge: { exposeInMainWorld: (key: string, api: object) => (world[key] = Object.freeze(Object.fromEntries(Object.entries(api).map(([name, part]) => [name, cross(part)]))) as never) },
    ipcRenderer: {
      invoke: (channel: string, message: unknown) => contents.gone ? new Promise(() => undefined) : invoke(contents, contents.mainFrame, channel, message),
      on: (channel: string, listener: Listener) => contents.renderer.on(channel, listener),
      off: (channel: string, listener: Listener) => contents.renderer.off(channel, listener),
    },
  };
  const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 }, fileName: createRequire(import.meta.url).resolve(file) });
  const require = (name: string): unknown => {
    if (name !== 'electron') throw new Error(`a sandboxed preload script can't load ${name}`);
    return electron;
  };
  runInNewContext(outputText, { require, exports: {} });
  return world;
}
