// How every editor of the page is set up. Editors live in a shadow root: there the library adopts
// constructed style sheets, which a strict style policy allows, instead of adding style elements.

import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, defaultHighlightStyle, foldGutter, foldKeymap, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type ChangeSet, type Extension, type Text } from '@codemirror/state';
import {
  EditorView,
  crosshairCursor,
  drawSelection,
  dropCursor,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  rectangularSelection,
  tooltips,
} from '@codemirror/view';
import { accepting } from './accepting';
import { languageOf } from './language';
import { hasDefinitions } from '../lib/paths';
import { highlighting, look } from './look';
import { fromOutside } from './sync';

export const darkness = new Compartment();
const language = new Compartment();

export interface EditorOptions {
  path: string;
  text: Text;
  readOnly: boolean;
  dark: boolean;
  label: string;
  onEdit?: (view: EditorView, changes: ChangeSet) => void;
  onCursor?: (line: number, column: number, selected: number) => void;
  extra?: Extension[];
}

/** Columns of a step of indentation. Python's are four, by its own guide (PEP 8). */
const indentOf = (path: string): number => (path.endsWith('.py') ? 4 : 2);

/**
 * What is typed over a selection is put in by the editor and not by the browser: Chromium keeps the look of what it takes away for
 * what comes, in a style attribute, which the style policy forbids and the editor would not keep.
 */
const typedOver = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    const { from, to } = view.state.selection.main;
    const { data: text } = event;
    if (event.inputType !== 'insertText' || text === null || !event.cancelable || from === to || view.composing) return false;
    if (view.state.readOnly) return true;
    const insert = () => view.state.update(view.state.replaceSelection(text), { userEvent: 'input.type', scrollIntoView: true });
    if (!view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, text, insert))) view.dispatch(insert());
    return true;
  },
});

export function baseExtensions(options: Pick<EditorOptions, 'path' | 'readOnly' | 'dark' | 'label'>): Extension[] {
  return [
    lineNumbers(),
    highlightSpecialChars(),
    drawSelection(),
    typedOver,
    bracketMatching(),
    highlightSelectionMatches(),
    indentUnit.of(' '.repeat(indentOf(options.path))),
    EditorState.tabSize.of(indentOf(options.path)),
    syntaxHighlighting(highlighting),
    syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
    look,
    darkness.of(EditorView.darkTheme.of(options.dark)),
    language.of([]),
    EditorState.readOnly.of(options.readOnly),
    EditorView.contentAttributes.of({ 'aria-label': options.label, tabindex: '0', spellcheck: 'false', autocorrect: 'off', autocapitalize: 'off' }),
  ];
}

export function createEditor(parent: ShadowRoot | HTMLElement, options: EditorOptions): EditorView {
  const view = new EditorView({
    parent,
    root: rootOf(parent),
    state: EditorState.create({
      doc: options.text,
      extensions: [
        baseExtensions(options),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        history(),
        foldGutter(),
        dropCursor(),
        EditorState.allowMultipleSelections.of(true),
        indentOnInput(),
        closeBrackets(),
        accepting,
        // What hangs over the edge of the panel is not seen.
        tooltips({ tooltipSpace: (view) => view.dom.getBoundingClientRect() }),
        rectangularSelection(),
        crosshairCursor(),
        lintGutter(),
        search({ top: true }),
        keymap.of([
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...foldKeymap,
          ...lintKeymap,
          indentWithTab,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !update.transactions.every((one) => one.annotation(fromOutside))) options.onEdit?.(update.view, update.changes);
          if (update.selectionSet || update.docChanged) {
            const { main } = update.state.selection;
            const line = update.state.doc.lineAt(main.head);
            options.onCursor?.(line.number, main.head - line.from + 1, main.to - main.from);
          }
        }),
        options.extra ?? [],
      ],
    }),
  });
  void setLanguage(view, options.path);
  return view;
}

/** A click with Control or Command goes to a definition, in the languages that have some. */
export function followOnClick(path: () => string, follow: (pos: number) => void): Extension {
  return EditorView.domEventHandlers({
    mousedown: (event, view) => {
      const pos = event.button === 0 && (event.ctrlKey || event.metaKey) && hasDefinitions(path()) ? view.posAtCoords({ x: event.clientX, y: event.clientY }) : null;
      if (pos === null) return false;
      event.preventDefault();
      follow(pos);
      return true;
    },
  });
}

/** Loads the language of a path and puts it into a view. */
export async function setLanguage(view: EditorView, path: string): Promise<void> {
  const extension = await languageOf(path);
  if (extension) view.dispatch({ effects: language.reconfigure(extension) });
}

export function setDark(view: EditorView, dark: boolean): void {
  view.dispatch({ effects: darkness.reconfigure(EditorView.darkTheme.of(dark)) });
}

export function rootOf(node: Node): Document | ShadowRoot {
  const root = node.getRootNode();
  return root instanceof ShadowRoot ? root : document;
}
