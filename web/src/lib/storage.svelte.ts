// How safe the workspace is on this device, in figures and in words.

import type { StorageMode } from './tools';

export interface StorageFigures {
  usedBytes: number;
  quotaBytes: number;
  persisted: boolean;
}

export class StorageStatus {
  figures = $state.raw<StorageFigures | undefined>(undefined);

  async measure(): Promise<void> {
    if (!navigator.storage?.estimate) return;
    const [estimate, persisted] = await Promise.all([navigator.storage.estimate(), navigator.storage.persisted?.() ?? false]);
    this.figures = { usedBytes: estimate.usage ?? 0, quotaBytes: estimate.quota ?? 0, persisted };
  }

  /** Asks the browser not to evict the workspace when the disk runs low. */
  async persist(): Promise<boolean> {
    const granted = (await navigator.storage?.persist?.()) ?? false;
    await this.measure();
    return granted;
  }
}

export interface StorageWords {
  short: string;
  tone: '' | 'good' | 'warn';
  long: string;
}

export function storageWords(mode: StorageMode | 'starting', reason: string | undefined): StorageWords {
  switch (mode) {
    case 'starting':
      return { short: 'Opening…', tone: '', long: 'The workspace is being opened.' };
    case 'durable':
      return { short: 'Saved on this device', tone: 'good', long: 'Every change is on this device’s disk before it counts as saved. It survives closing the tab and working offline.' };
    case 'memory':
      return {
        short: 'In memory only',
        tone: 'warn',
        long: `${reason ?? 'This window has no storage that lasts.'} Everything is lost when the tab closes. Export the workspace to keep it.`,
      };
  }
}
