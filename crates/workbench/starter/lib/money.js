// Amounts of money as whole cents, so that adding them up is exact.

/** Cents of a text such as `1234.5` or `-20`; null when it is no amount with at most two decimals. */
export function parseCents(text) {
  const parts = /^(-?)(\d{1,12})(?:\.(\d{1,2}))?$/.exec(text);
  if (!parts) return null;
  const cents = Number(parts[2]) * 100 + Number((parts[3] ?? "").padEnd(2, "0"));
  return parts[1] && cents > 0 ? -cents : cents;
}

/** `1234567` as `12,345.67`. */
export function formatCents(cents) {
  const digits = String(Math.abs(cents)).padStart(3, "0");
  const whole = digits.slice(0, -2);
  const groups = [];
  for (let end = whole.length; end > 0; end -= 3) groups.unshift(whole.slice(Math.max(0, end - 3), end));
  return `${cents < 0 ? "-" : ""}${groups.join(",")}.${digits.slice(-2)}`;
}
