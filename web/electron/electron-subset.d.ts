// The part of Electron's typings that this folder uses, written by hand from those of Electron 45.5.0, so that the workbench
// can be checked without the package. `tsc --project web/electron` checks the same files against the package itself.

declare module 'electron' {
  interface Event {
    preventDefault(): void;
  }
  interface WebFrameMain {
    readonly origin: string;
  }
  interface IpcMainInvokeEvent extends Event {
    sender: WebContents;
    readonly senderFrame: WebFrameMain | null;
  }
  interface NavigationEvent extends Event {
    url: string;
    isMainFrame: boolean;
    isSameDocument: boolean;
  }
  interface WebContents {
    readonly mainFrame: WebFrameMain;
    send(channel: string, ...args: unknown[]): void;
    setWindowOpenHandler(handler: (details: { url: string }) => { action: 'deny' }): void;
    on(event: 'will-attach-webview' | 'will-prevent-unload', listener: (event: Event) => void): this;
    on(event: 'will-navigate' | 'did-start-navigation', listener: (details: NavigationEvent) => void): this;
  }
  interface WebPreferences {
    preload?: string;
    partition?: string;
    contextIsolation?: boolean;
    nodeIntegration?: boolean;
    nodeIntegrationInWorker?: boolean;
    nodeIntegrationInSubFrames?: boolean;
    sandbox?: boolean;
    webSecurity?: boolean;
    webviewTag?: boolean;
    navigateOnDragDrop?: boolean;
  }
  class BrowserWindow {
    constructor(options?: { webPreferences?: WebPreferences });
    readonly webContents: WebContents;
    isDestroyed(): boolean;
    loadURL(url: string): Promise<void>;
    once(event: 'closed', listener: () => void): this;
  }
  interface IpcMain {
    handle(channel: string, listener: (event: IpcMainInvokeEvent, ...args: never[]) => unknown): void;
    removeHandler(channel: string): void;
  }
  interface IpcRenderer {
    invoke(channel: string, ...args: unknown[]): Promise<unknown>;
    on(channel: string, listener: (event: never, ...args: unknown[]) => void): this;
    off(channel: string, listener: (event: never, ...args: unknown[]) => void): this;
  }
  interface Protocol {
    registerSchemesAsPrivileged(schemes: { scheme: string; privileges?: Record<string, boolean> }[]): void;
    handle(scheme: string, handler: (request: Request) => Response | Promise<Response>): void;
  }
  interface Session {
    readonly protocol: Protocol;
    setPermissionRequestHandler(handler: (contents: WebContents, permission: string, give: (granted: boolean) => void) => void): void;
    setPermissionCheckHandler(handler: (contents: WebContents | null, permission: string, origin: string) => boolean): void;
    setDevicePermissionHandler(handler: () => boolean): void;
  }
  interface MenuItemOptions {
    role?: string;
    label?: string;
    submenu?: MenuItemOptions[];
    click?: () => void;
  }
  interface MessageBoxSyncOptions {
    message: string;
    type?: 'question';
    detail?: string;
    buttons?: string[];
    defaultId?: number;
    cancelId?: number;
  }
  interface Dialog {
    showMessageBoxSync(window: BrowserWindow, options: MessageBoxSyncOptions): number;
  }
  class Menu {
    static setApplicationMenu(menu: Menu | null): void;
    static buildFromTemplate(template: MenuItemOptions[]): Menu;
  }
  const app: { whenReady(): Promise<void>; quit(): void; on(event: 'window-all-closed' | 'will-quit', listener: () => void): void };
  const dialog: Dialog;
  const ipcMain: IpcMain;
  const ipcRenderer: IpcRenderer;
  const contextBridge: { exposeInMainWorld(key: string, api: unknown): void };
  const protocol: Protocol;
  const session: { fromPartition(partition: string): Session };
}
