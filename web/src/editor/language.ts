// Which language a file is in. Each is loaded when the first file needs it.

import type { Extension } from '@codemirror/state';
import { endingOf, familyOf } from '../lib/paths';

export async function languageOf(path: string): Promise<Extension | undefined> {
  switch (familyOf(path)) {
    case 'flow':
    case 'script': {
      const [{ javascript }, { flowCompletions }] = await Promise.all([import('@codemirror/lang-javascript'), import('./completions')]);
      const ending = endingOf(path);
      return [javascript({ typescript: ending.startsWith('ts'), jsx: ending.endsWith('x') }), flowCompletions];
    }
    case 'json': {
      const [{ json }, { referenceCompletions }] = await Promise.all([import('@codemirror/lang-json'), import('./references')]);
      return [json(), referenceCompletions];
    }
    case 'markdown':
      return (await import('@codemirror/lang-markdown')).markdown();
    case 'python': {
      const { python, pythonCompletions } = await import('./python');
      return [python(), pythonCompletions];
    }
    default:
      return /\.ya?ml$/.test(path) ? (await import('./references')).referenceCompletions : undefined;
  }
}
