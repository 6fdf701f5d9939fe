// The part of a run's log that is drawn: a window of rows over the entries that fit the filter.

import type { LogEntry, LogLevel } from './tools';

export const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** The most rows that are drawn at once; more would only slow the page that a run must not slow. */
export const ROWS_MAX = 200;

/** The entries of at least this level that hold the text; all of them where nothing is asked for. */
export function fitting(entries: readonly LogEntry[], least: LogLevel, text: string): readonly LogEntry[] {
  if (least === 'debug' && text === '') return entries;
  const levels = new Set(LEVELS.slice(LEVELS.indexOf(least)));
  const wanted = text.toLowerCase();
  return entries.filter((entry) => levels.has(entry.level) && entry.text.toLowerCase().includes(wanted));
}

export interface LogWindow {
  rows: readonly LogEntry[];
  /** How many fitting entries come before the rows and after them. */
  before: number;
  after: number;
}

/** The rows up to the entry with the number `last`, or up to the newest one. Entries are in the order of their numbers. */
export function windowOf(entries: readonly LogEntry[], last: number | undefined): LogWindow {
  const end = last === undefined ? entries.length : entries.findLastIndex((entry) => entry.seq <= last) + 1;
  const start = Math.max(0, end - ROWS_MAX);
  return { rows: entries.slice(start, end), before: start, after: entries.length - end };
}
