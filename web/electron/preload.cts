// All that the page gets of Electron: two functions that carry plain data. A sandboxed preload script is one file, and may
// load nothing but this module of Electron.

import electron = require('electron');

// As in `channel.ts`; a test compares them.
const FROM_PAGE = 'selvage:from-page';
const TO_PAGE = 'selvage:to-page';

electron.contextBridge.exposeInMainWorld('selvageHost', {
  /** Sends a message to the main process, and gives its answer where it has one. */
  call: (message: unknown): Promise<unknown> => electron.ipcRenderer.invoke(FROM_PAGE, message),
  /** Hears what the main process asks; the returned function stops that. */
  subscribe: (listener: (message: unknown) => void): (() => void) => {
    // The event of Electron has the sender's whole interface, and stays here.
    const pass = (_event: unknown, message: unknown): void => listener(message);
    electron.ipcRenderer.on(TO_PAGE, pass);
    return () => void electron.ipcRenderer.off(TO_PAGE, pass);
  },
});
