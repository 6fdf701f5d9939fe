// A window with the workbench in it, shut off from everything but its own files and one channel, and the tools of its workspace
// for programs of the main process.

import type { BrowserWindow, IpcMainInvokeEvent, WebContents } from 'electron';
import { Link, type CallOptions, type FromDoor, type SelvageEvent, type ToolResult } from '../embed/selvage.ts';
import { FROM_PAGE, TO_PAGE } from './channel.ts';
import { answer, ORIGIN, SCHEME } from './site.ts';

type Electron = Pick<typeof import('electron'), 'BrowserWindow' | 'dialog' | 'ipcMain' | 'protocol' | 'session'>;

/** Where the page's flows run outside of it, and the key for that. */
export interface Place {
  address: string;
  key: string;
}

/** Runs the page's flows on this machine. */
export interface Executor {
  /** Where it is; it is started where it is not there. It never rejects. */
  place(): Promise<ToolResult<Place>>;
}

export interface HostOptions {
  /** The folder of the built page. */
  dist: string;
  /** The file of the built preload script. */
  preload: string;
  /** Where the person may have flows run, besides in the page and at servers. */
  executor?: Executor;
}

/** How long the page may take to open its workspace. */
const READY_MS_MAX = 60_000;
const ASK_EVERY_MS = 200;
/** A partition of its own, so that no other window of the app shares storage and rules with the workbench. */
const PARTITION = 'persist:selvage';
/** What a click in the page may need; all else is refused. */
const PERMISSIONS = ['clipboard-sanitized-write'];
/** What Chromium asks about before a page reaches a program on its own machine. */
const LOOPBACK = 'loopback-network';

/** What is asked before something is lost by leaving the page, and which of the buttons leaves it. */
const LEAVE = {
  type: 'question' as const,
  message: 'Leave the workbench?',
  detail: 'A run that is not over ends with it, and text that was not saved is lost.',
  buttons: ['Leave', 'Stay'],
  defaultId: 1,
  cancelId: 1,
};
const LEAVES = 0;

/** Makes the scheme one that pages may live at. It has to be called before the app is ready. */
export function registerScheme({ protocol }: Pick<Electron, 'protocol'>): void {
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }]);
}

const isOwn = (address: string): boolean => address.startsWith(`${ORIGIN}/`);

/** Lets the contents of a window go nowhere else, open nothing, and hold nothing foreign. */
export function lock(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-attach-webview', (event) => event.preventDefault());
  for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect'] as const)
    contents.on(name as 'will-navigate', (event) => {
      if (!isOwn(event.url)) event.preventDefault();
    });
}

export class Host {
  readonly options: HostOptions;
  readonly window: BrowserWindow;
  readonly #link: Link;
  #ready: Promise<ToolResult>;

  /** Opens the window. The app has to be ready. */
  constructor(electron: Electron, options: HostOptions) {
    this.options = options;
    const { BrowserWindow, dialog, ipcMain, session } = electron;
    const own = session.fromPartition(PARTITION);
    const permissions = new Set([...PERMISSIONS, ...(options.executor ? [LOOPBACK] : [])]);
    own.setPermissionRequestHandler((_contents, permission, give) => give(permissions.has(permission)));
    own.setPermissionCheckHandler((_contents, permission, origin) => permissions.has(permission) && isOwn(`${origin.replace(/\/$/, '')}/`));
    own.setDevicePermissionHandler(() => false);
    own.protocol.handle(SCHEME, (request) => answer(options.dist, request));
    this.window = new BrowserWindow({
      webPreferences: {
        preload: options.preload,
        partition: PARTITION,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        sandbox: true,
        webSecurity: true,
        webviewTag: false,
        navigateOnDragDrop: false,
      },
    });
    const { webContents } = this.window;
    lock(webContents);
    // A page may wish to stay, and Electron asks nobody by itself: the window would just not close.
    webContents.on('will-prevent-unload', (event) => {
      if (dialog.showMessageBoxSync(this.window, LEAVE) === LEAVES) event.preventDefault();
    });
    this.#link = new Link((message) => webContents.send(TO_PAGE, message));
    ipcMain.handle(FROM_PAGE, (event: IpcMainInvokeEvent, message: unknown) => this.#heard(event, message));
    this.#ready = this.#knock();
    // A page that was loaded anew knows nothing of what it was asked before.
    webContents.on('did-start-navigation', (event) => {
      if (!event.isMainFrame || event.isSameDocument) return;
      this.#link.end(failure('CANCELLED', 'The workbench was loaded anew before it answered.', 'Look what is there, and call again.'));
      this.#ready = this.#knock();
      this.#listen();
    });
    this.window.once('closed', () => {
      ipcMain.removeHandler(FROM_PAGE);
      this.#link.end(failure('CANCELLED', 'The window was closed.', 'Open it again.'));
    });
    void this.window.loadURL(`${ORIGIN}/`);
  }

  /** Calls a tool of the workspace that the window shows. It never rejects. */
  async call(name: string, input: unknown = {}, options: CallOptions = {}): Promise<ToolResult> {
    const ready = await this.#ready;
    return ready.ok ? this.#link.call(name, input, options) : ready;
  }

  /** Hears of events of the workspace; the returned function stops that. */
  on(kind: SelvageEvent['kind'], listener: (event: SelvageEvent) => void): () => void {
    const leave = this.#link.on(kind, listener);
    this.#listen();
    return leave;
  }

  #listen(): void {
    void this.#ready.then(({ ok }) => ok && this.#link.listen());
  }

  async #knock(): Promise<ToolResult> {
    const end = Date.now() + READY_MS_MAX;
    while (!this.window.isDestroyed() && Date.now() < end) {
      const result = await this.#link.hello(ASK_EVERY_MS);
      if (result) return result;
    }
    return failure('EXECUTOR_UNAVAILABLE', 'The page gives no answer.', 'Look at the window: it says what is wrong.');
  }

  /** What the page says. Only the workbench's own page, in its own frame, is heard. */
  async #heard(event: IpcMainInvokeEvent, message: unknown): Promise<ToolResult | undefined> {
    const { webContents } = this.window;
    if (event.sender !== webContents || event.senderFrame !== webContents.mainFrame || event.senderFrame.origin !== ORIGIN) return failure('POLICY_DENIED', 'Only the workbench itself may call the main process.', 'Call it from the page.');
    if (typeof message !== 'object' || message === null || (message as { selvage?: unknown }).selvage !== 1) return failure('INVALID_INPUT', 'That is no message of the workbench.', 'Send {selvage: 1, place: true}.');
    if ('place' in message) return this.options.executor?.place() ?? failure('EXECUTOR_UNAVAILABLE', 'This app runs no flows outside of its page.', 'Start it with the program `selvage`: see docs/embedding.md.');
    if (!['result', 'news', 'event'].some((part) => part in message)) return failure('INVALID_INPUT', 'The message asks for nothing that this app has.', 'Send {selvage: 1, place: true}.');
    this.#link.hear(message as FromDoor);
    return undefined;
  }
}

function failure(code: string, message: string, hint: string): ToolResult {
  return { ok: false, error: { code, message, hint } };
}
