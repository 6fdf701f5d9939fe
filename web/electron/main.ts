// The app: one window with the workbench, and a menu entry that calls a tool, as any program of the main process can.
//
//     SELVAGE_DIST=dist electron .
//
// With SELVAGE_PROGRAM and SELVAGE_WORKSPACE the page may call the tools of a workspace on disk, too.

import { app, BrowserWindow, dialog, ipcMain, Menu, protocol, session } from 'electron';
import { fileURLToPath } from 'node:url';
import { Host, registerScheme } from './host.ts';
import { NativeExecutor, type Question } from './native.ts';

const { SELVAGE_DIST, SELVAGE_PROGRAM, SELVAGE_WORKSPACE } = process.env;
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A message box shows no more than a screen of text, and nobody approves what can't be seen. */
const QUESTION_CHARS_MAX = 2_000;

async function ask({ text }: Question): Promise<{ approve: boolean; reason?: string }> {
  if (text.length > QUESTION_CHARS_MAX) return { approve: false, reason: 'it is too long for a message box' };
  const { response } = await dialog.showMessageBox({ type: 'question', message: 'Approve this?', detail: text, buttons: ['Refuse', 'Approve'], defaultId: 0, cancelId: 0 });
  return { approve: response === 1 };
}

registerScheme({ protocol });
await app.whenReady();
const executor = SELVAGE_PROGRAM && SELVAGE_WORKSPACE ? new NativeExecutor({ program: SELVAGE_PROGRAM, workspace: SELVAGE_WORKSPACE, approve: ask }) : undefined;
const host = new Host({ BrowserWindow, ipcMain, protocol, session }, { dist: SELVAGE_DIST ?? here('../../dist'), preload: here('./preload.cjs'), ...(executor ? { executor } : {}) });
Menu.setApplicationMenu(
  Menu.buildFromTemplate([
    { role: 'appMenu' },
    { role: 'editMenu' },
    { label: 'Workspace', submenu: [{ label: 'Undo the last change of the workspace', click: () => void host.call('undo') }] },
    { role: 'windowMenu' },
  ]),
);
app.on('window-all-closed', () => {
  void executor?.close();
  app.quit();
});
