// The wide layout as it is remembered on this device.

import { forget, recall, remember } from '../lib/settings';

const KEY = 'layout.1';

export interface Saved {
  dock: unknown;
  /** The paths of the files that were open, by their tabs. */
  files: Record<string, string>;
}

export const savedLayout = (): Saved | undefined => recall<Saved | undefined>(KEY, undefined, isSaved);
export const saveLayout = (saved: Saved): void => remember(KEY, saved);
export const forgetLayout = (): void => forget(KEY);

/** Has the layout not open a file again that was closed where the layout is not on the screen. */
export function forgetFile(path: string): void {
  const saved = savedLayout();
  if (saved) saveLayout({ ...saved, files: Object.fromEntries(Object.entries(saved.files).filter(([, one]) => one !== path)) });
}

function isSaved(value: unknown): value is Saved | undefined {
  const saved = value as Saved | null;
  return typeof saved === 'object' && saved !== null && typeof saved.dock === 'object' && typeof saved.files === 'object';
}
