// Numbers and times as people read them.

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** Bytes with the unit that leaves at most four digits; 1 KB is 1024 bytes. */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${trimmed(value.toFixed(digits))} ${UNITS[unit]}`;
}

/** Milliseconds as `0.4 ms`, `12 ms`, `3.2 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 10) return `${trimmed(ms.toFixed(1))} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${trimmed((ms / 1000).toFixed(1))} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min${seconds % 60 ? ` ${seconds % 60} s` : ''}`;
}

/** Counts as `950`, `12.4k`, `2B`. */
export function count(value: number): string {
  for (const [size, letter] of [[1e12, 'T'], [1e9, 'B'], [1e6, 'M'], [1e4, 'k']] as const)
    if (value >= size) return `${trimmed((value / (size === 1e4 ? 1e3 : size)).toFixed(1))}${letter}`;
  return String(Math.round(value * 100) / 100);
}

/** A past time: relative within a day, else the date. */
export function ago(atMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - atMs) / 1000));
  if (seconds < 10) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return new Date(atMs).toLocaleDateString(undefined, { year: 'numeric', month: 'short', day: 'numeric' });
}

export const dateTime = (atMs: number): string =>
  new Date(atMs).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** `1 file`, `3 files`. */
export const plural = (amount: number, one: string, many = `${one}s`): string =>
  `${amount.toLocaleString('en')} ${amount === 1 ? one : many}`;

const trimmed = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
