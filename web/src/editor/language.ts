// Which language a file is in. Each is loaded when the first file needs it.

import type { Extension } from '@codemirror/state';
import { endingOf, familyOf, isManifest } from '../lib/paths';

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
      return [json(), isManifest(path) ? await manifestsOf(path) : referenceCompletions];
    }
    case 'markdown':
      return (await import('@codemirror/lang-markdown')).markdown();
    case 'python': {
      const { python, pythonCompletions } = await import('./python');
      return [python(), pythonCompletions];
    }
    default:
      if (!/\.ya?ml$/.test(path)) return undefined;
      return [(await import('./yaml')).yaml, isManifest(path) ? await manifestsOf(path) : (await import('./references')).referenceCompletions];
  }
}

const manifestsOf = async (path: string): Promise<Extension> => (await import('./manifests/complete')).manifestCompletions(path);
