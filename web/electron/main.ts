// The app: one window with the workbench, and a menu entry that calls a tool, as any program of the main process can.
//
//     SELVAGE_DIST=dist electron .
//
// With SELVAGE_PROGRAM, the program `selvage`, the person may have flows run by that on this machine.

import { app, BrowserWindow, dialog, ipcMain, Menu, protocol, session } from 'electron';
import { fileURLToPath } from 'node:url';
import { Host, registerScheme } from './host.ts';
import { NativeExecutor } from './native.ts';

const { SELVAGE_DIST, SELVAGE_PROGRAM } = process.env;
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

registerScheme({ protocol });
await app.whenReady();
const executor = SELVAGE_PROGRAM ? new NativeExecutor({ program: SELVAGE_PROGRAM }) : undefined;
const host = new Host({ BrowserWindow, dialog, ipcMain, protocol, session }, { dist: SELVAGE_DIST ?? here('../../dist'), preload: here('./preload.cjs'), ...(executor ? { executor } : {}) });
Menu.setApplicationMenu(
  Menu.buildFromTemplate([
    { role: 'appMenu' },
    { role: 'editMenu' },
    { label: 'Workspace', submenu: [{ label: 'Undo the last change of the workspace', click: () => void host.call('undo') }] },
    { role: 'windowMenu' },
  ]),
);
app.on('window-all-closed', () => app.quit());
app.on('will-quit', () => executor?.close());
