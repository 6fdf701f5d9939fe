// Lint findings in the editor: underlines, gutter marks, and fixes as actions.

import { setDiagnostics, type Action, type Diagnostic as Mark } from '@codemirror/lint';
import type { Text } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import { pieces } from '../lib/told';
import type { Diagnostic, Position, TextEdit } from '../lib/tools';

export function showDiagnostics(view: EditorView, diagnostics: Diagnostic[]): void {
  const doc = view.state.doc;
  view.dispatch(setDiagnostics(view.state, diagnostics.map((one) => toMark(doc, one))));
}

export function toMark(doc: Text, diagnostic: Diagnostic): Mark {
  const from = offsetOf(doc, diagnostic.span.start);
  const to = Math.max(from, offsetOf(doc, diagnostic.span.end));
  const actions: Action[] = diagnostic.fix?.edits.length
    ? [{ name: diagnostic.fix.title.replaceAll('`', ''), apply: (view) => applyEdits(view, diagnostic.fix?.edits ?? []) }]
    : [];
  const message = diagnostic.hint ? `${diagnostic.message}\n${diagnostic.hint}` : diagnostic.message;
  return {
    from,
    to,
    severity: diagnostic.severity,
    source: diagnostic.code,
    message,
    renderMessage: () => told(message),
    actions,
  };
}

/** A sentence with its code as code. */
function told(sentence: string): Node {
  const line = document.createElement('span');
  for (const { text, code } of pieces(sentence)) {
    const part = code ? document.createElement('code') : document.createTextNode('');
    part.textContent = text;
    line.append(part);
  }
  return line;
}

export function applyEdits(view: EditorView, edits: TextEdit[]): void {
  const doc = view.state.doc;
  view.dispatch({
    changes: edits.map((edit) => ({ from: offsetOf(doc, edit.span.start), to: offsetOf(doc, edit.span.end), insert: edit.text })),
    userEvent: 'input.fix',
  });
}

/** Lines and columns hold in any line ending; offsets would not, as the editor counts `\r\n` as one. */
function offsetOf(doc: Text, position: Position): number {
  if (position.line < 1) return 0;
  if (position.line > doc.lines) return doc.length;
  const line = doc.line(position.line);
  return Math.min(line.from + Math.max(0, position.column - 1), line.to);
}
