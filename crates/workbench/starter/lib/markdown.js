// Pieces of Markdown.

/** Text that means itself inside a table. */
export function cell(value) {
  const text = value === null || value === undefined ? "" : String(value);
  return text.replace(/[\\|`*_<>[\]]/g, "\\$&").replace(/\s+/g, " ").trim();
}

/**
 * A table. A column is `{ title, value, right }`: `value(row)` gives what stands in it, and
 * `right` aligns it as numbers are.
 */
export function table(columns, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [
    line(columns.map(({ title }) => cell(title))),
    line(columns.map(({ right }) => (right ? "---:" : "---"))),
    ...rows.map((row) => line(columns.map(({ value }) => cell(value(row))))),
  ].join("\n");
}
