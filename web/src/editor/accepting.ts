// Which keys take what is offered to complete. Enter is also how a line ends, so it takes only what goes on with the word that was
// typed, or what somebody went to in the list; Tab takes whatever is offered first.

import { acceptCompletion, autocompletion, closeCompletion, completionKeymap, selectedCompletion, selectedCompletionIndex } from '@codemirror/autocomplete';
import { Prec, type EditorState, type Extension } from '@codemirror/state';
import { keymap } from '@codemirror/view';

/** Words that are whole as they stand, in Python and in JavaScript, whatever else begins like them. */
const WHOLE = new Set(
  'and as assert async await break case const continue debugger default del do elif else except false finally for from global if import in is lambda let new nonlocal not null or pass raise return self super this throw true try typeof undefined var void while with yield False None True'.split(' '),
);

/** Whether Enter takes the entry that is marked in the list. */
export function goesOn(state: EditorState): boolean {
  const marked = selectedCompletion(state);
  if (!marked) return false;
  if (selectedCompletionIndex(state)) return true;
  const { head } = state.selection.main;
  const line = state.doc.lineAt(head);
  const before = line.text.slice(0, head - line.from);
  const word = /[\w$]*$/.exec(before)![0];
  // What is imported is a name by itself: `import re` is whole, and `repr` another thing.
  if (WHOLE.has(word) || /^\s*(?:import|from)\s/.test(before)) return false;
  const label = marked.label;
  return word === '' || (label !== word && (label.startsWith(word) || label.includes(`.${word}`)));
}

export const accepting: Extension = [
  autocompletion({ defaultKeymap: false }),
  Prec.highest(
    keymap.of([
      ...completionKeymap.filter(({ key }) => key !== 'Enter'),
      {
        key: 'Enter',
        run: (view) => {
          if (goesOn(view.state)) return acceptCompletion(view);
          closeCompletion(view);
          return false;
        },
      },
      { key: 'Tab', run: acceptCompletion },
    ]),
  ),
];
