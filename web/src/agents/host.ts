// The page's end of the channel to the main process of a desktop app (`web/electron`): what programs there ask becomes calls,
// and the kernel learns over it where the app runs flows.

import type { FromDoor } from '../../embed/selvage';
import { Caller, isForDoor, refused } from '../door';
import type { Kernel } from '../lib/kernel';
import type { SelvageApi } from '../selvage';

/** By which name what such programs do stands in the history. */
export const HOST_AGENT = 'Electron';

/** What the preload script gives to the page. */
export interface SelvageHost {
  call(message: unknown): Promise<unknown>;
  subscribe(listener: (message: unknown) => void): () => void;
}

export function answerHost(kernel: Kernel, { host, api }: { host: SelvageHost; api: SelvageApi } = { host: window.selvageHost, api: window.selvage }): void {
  const opened = async () => ({ version: api.version, tools: await api.tools.list() });
  const caller = new Caller(kernel, opened, HOST_AGENT, (message: FromDoor) => void host.call(message));
  host.subscribe((message) => isForDoor(message) && void caller.hear(message));
}

/** Asks the app where its program runs flows, for whoever asks over the port; the answer goes to the port that came along. */
export function answerPlaces(port: MessagePort, host: SelvageHost = window.selvageHost): void {
  const gone = (error: unknown) => refused('EXECUTOR_UNAVAILABLE', `The app gives no answer: ${String(error)}`, 'Start the app anew.');
  port.onmessage = ({ ports: [asker] }) => void host.call({ selvage: 1, place: true }).catch(gone).then((result) => asker?.postMessage(result));
}

declare global {
  interface Window {
    selvage: SelvageApi;
    selvageHost: SelvageHost;
  }
}
