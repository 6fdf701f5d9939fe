// Calendar days without clocks and time zones: `2026-03-09` is day number 20521 since 1970.

const DAY_MS = 86_400_000;

/** The number of a day since 1970-01-01; null when the text is no day of the calendar. */
export function parseDay(text) {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!parts) return null;
  const ms = Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]));
  // The calendar turns 30 February into 2 March; what comes back must be what went in.
  return formatDay(ms / DAY_MS) === text ? ms / DAY_MS : null;
}

/** The day with that number, as `YYYY-MM-DD`. */
export function formatDay(day) {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
