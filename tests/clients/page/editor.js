// A stock CodeMirror with y-codemirror.next, as its README sets it up.

import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { yCollab } from 'y-codemirror.next';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';

const { searchParams } = new URL(location.href);
const doc = new Y.Doc();
const provider = new WebsocketProvider(searchParams.get('host'), searchParams.get('room'), doc, { disableBc: true, maxBackoffTime: 200 });
const text = doc.getText('text');
provider.awareness.setLocalStateField('user', { name: searchParams.get('name'), color: '#30bced', colorLight: '#30bced33' });
const view = new EditorView({
  state: EditorState.create({ doc: text.toString(), extensions: [EditorView.lineWrapping, yCollab(text, provider.awareness)] }),
  parent: document.body,
});
globalThis.editor = { view, provider };
