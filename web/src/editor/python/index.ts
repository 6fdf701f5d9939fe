// All that the editor does with Python, and with references to it, in one part that is loaded when it is first wanted.

export { python } from '@codemirror/lang-python';
export { definitionAt } from '../definition';
export { pythonCompletions } from './completions';
