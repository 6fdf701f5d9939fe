// The wide layout as it is remembered on this device.

import type { SerializedDockview } from 'dockview-core';
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

type Branch = SerializedDockview['grid']['root'];

/**
 * A part of a layout with the sizes that it is built from. What the library gives are sizes on the screen, to which all that are
 * side by side gave the same share of the gaps between them; taken as they are, the small ones would shrink each time.
 */
export function withGaps<T extends Branch>(branch: T, gap: number): T {
  if (!Array.isArray(branch.data)) return branch;
  const shown = branch.data.filter((child) => child.visible !== false).length;
  const share = (gap * (shown - 1)) / shown;
  return { ...branch, data: branch.data.map((child) => ({ ...withGaps(child, gap), ...(child.visible === false ? {} : { size: (child.size ?? 0) + share }) })) };
}

function isSaved(value: unknown): value is Saved | undefined {
  const saved = value as Saved | null;
  return typeof saved === 'object' && saved !== null && typeof saved.dock === 'object' && typeof saved.files === 'object';
}
