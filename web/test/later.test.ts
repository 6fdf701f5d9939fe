import { expect, test } from 'vitest';
import { laterChunks, loadedWith } from '../build/later.ts';

const IMPORTS: Record<string, string[]> = { 'main.ts': ['a.ts', 'b.ts'], 'a.ts': ['b.ts', 'main.ts'], 'dialog.ts': ['shared.ts', 'b.ts'] };

test('what static imports lead to is loaded with the page, round trips and all', () => {
  expect([...loadedWith(['main.ts'], (id) => IMPORTS[id] ?? [])]).toEqual(['main.ts', 'a.ts', 'b.ts']);
});

test('a chunk is fetched later where nothing in it is loaded with the page', () => {
  const { plugin, nameOf } = laterChunks();
  const context = {
    getModuleIds: () => Object.keys(IMPORTS).concat('b.ts', 'shared.ts'),
    getModuleInfo: (id: string) => ({ isEntry: id === 'main.ts', importedIds: IMPORTS[id] ?? [] }),
  };
  (plugin.buildEnd as unknown as () => void).call(context as never);
  const isLater = (isDynamicEntry: boolean, ...moduleIds: string[]) => nameOf({ name: 'chunk', isDynamicEntry, moduleIds }).startsWith('assets/later-');
  expect(isLater(true, 'dialog.ts')).toBe(true);
  expect(isLater(false, 'shared.ts'), 'what only later chunks share').toBe(true);
  expect(isLater(false, 'shared.ts', 'b.ts'), 'what the page has as well').toBe(false);
  expect(isLater(false, 'a helper of the bundler'), 'what nobody wrote').toBe(false);
});

test('the styles of a chunk that is loaded later are so, too, and those of one that another entry shares are not', () => {
  const { nameOf, assetNameOf } = laterChunks();
  nameOf({ name: 'Panel', isDynamicEntry: true, moduleIds: ['panel.ts'] });
  nameOf({ name: 'index', isDynamicEntry: false, moduleIds: ['main.ts'] });
  nameOf({ name: 'Shared', isDynamicEntry: true, moduleIds: ['a.ts'] });
  nameOf({ name: 'Shared', isDynamicEntry: false, moduleIds: ['b.ts'] });
  const isLater = (...names: string[]) => assetNameOf({ names }).startsWith('assets/later-');
  expect(isLater('Panel.css')).toBe(true);
  for (const names of [['index.css'], ['Shared.css'], ['unknown.css'], ['Panel.woff2'], []]) expect(isLater(...names), String(names)).toBe(false);
});
