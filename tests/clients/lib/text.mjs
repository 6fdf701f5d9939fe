// A stock y-websocket client of one file.

import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { until } from './host.mjs';

/** Opens a file's live text; gives the document, its text, its provider and the cursors of others. */
export function openText(defer, host, room) {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(host.yjs, room, doc, { WebSocketPolyfill: WebSocket, disableBc: true, maxBackoffTime: 200 });
  defer(async () => {
    provider.destroy();
    doc.destroy();
  });
  const text = doc.getText('text');
  return {
    doc,
    text,
    provider,
    synced: () => until(`${room} is synced`, () => provider.synced),
    shows: (expected) =>
      until(`${room} is ${JSON.stringify(expected)}`, () => text.toString() === expected).catch((error) => {
        throw new Error(`${error.message}; it is ${JSON.stringify(text.toString())}`);
      }),
    /** The awareness states of all others. */
    others: () => [...provider.awareness.getStates()].filter(([id]) => id !== doc.clientID).map(([, state]) => state),
  };
}
