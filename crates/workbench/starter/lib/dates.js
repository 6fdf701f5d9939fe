// Calendar days without clocks and time zones: `2026-03-09` is day number 20521 since 1970.

const DAY_MS = 86_400_000;

/** The number of a day since 1970-01-01; null when the text is no day of the calendar. */
export function parseDay(text) {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!parts) return null;
  const [year, month, day] = parts.slice(1).map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  // The calendar turns 30 February into 2 March; what comes back must be what went in.
  const same = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return same ? date.getTime() / DAY_MS : null;
}

/** The day with that number, as `YYYY-MM-DD`. */
export function formatDay(day) {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
