// Comma-separated values, as RFC 4180 describes them.
//
// A field may stand in double quotes; then it may hold delimiters and line breaks, and a quote
// inside is written twice. Lines end in CRLF, LF or CR. Empty lines are passed over.

/** A text that is no CSV. `line` is where, counted from 1. */
export class CsvError extends Error {
  constructor(line, message) {
    super(`line ${line}: ${message}`);
    this.name = "CsvError";
    this.line = line;
  }
}

/** Looks for the next place of a text, and looks again only when that place has been passed. */
class Finder {
  #text; #wanted; #at = -1;
  constructor(text, wanted) {
    this.#text = text;
    this.#wanted = wanted;
  }
  from(start) {
    if (this.#at < start) {
      const found = this.#text.indexOf(this.#wanted, start);
      this.#at = found < 0 ? this.#text.length : found;
    }
    return this.#at;
  }
}

/**
 * Splits a text into records: `{ line, fields }`, where `line` is where the record begins.
 * Throws a `CsvError` when a quote is where none may be.
 */
export function parseCsv(text, delimiter = ",") {
  const [nextDelimiter, nextReturn, nextFeed] = [delimiter, "\r", "\n"].map((wanted) => new Finder(text, wanted));
  const records = [];
  let at = text.startsWith("\ufeff") ? 1 : 0;
  let line = 1;
  while (at < text.length) {
    const record = { line, fields: [] };
    const start = at;
    for (;;) {
      if (text[at] === '"') {
        const end = closingQuote(text, at, line);
        const field = text.slice(at + 1, end);
        line += lineBreaks(field);
        record.fields.push(field.replaceAll('""', '"'));
        at = end + 1;
        if (at < text.length && text[at] !== delimiter && text[at] !== "\r" && text[at] !== "\n") {
          throw new CsvError(line, "a closing quote is followed by text; write a quote inside a field twice");
        }
      } else {
        const end = Math.min(nextDelimiter.from(at), nextReturn.from(at), nextFeed.from(at));
        const field = text.slice(at, end);
        if (field.includes('"')) throw new CsvError(line, "a quote stands inside a field that is not quoted");
        record.fields.push(field);
        at = end;
      }
      if (text[at] !== delimiter) break;
      at += 1;
    }
    const empty = at === start;
    if (text[at] === "\r" && text[at + 1] === "\n") at += 1;
    at += 1;
    line += 1;
    if (!empty) records.push(record);
  }
  return records;
}

function closingQuote(text, opening, line) {
  let at = text.indexOf('"', opening + 1);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  if (at < 0) throw new CsvError(line, "a quoted field is never closed");
  return at;
}

function lineBreaks(field) {
  return field.includes("\n") || field.includes("\r") ? field.split(/\r\n|\r|\n/).length - 1 : 0;
}

/**
 * Reads a table whose first record names the columns.
 *
 * Gives `{ columns, rows }`; a row is `{ line, cells, problem }`: `cells` by column name, trimmed,
 * and `problem` says what is wrong when the row has too few or too many fields.
 * Column names are compared in lower case. Throws when one of `required` is missing.
 */
export function readTable(text, { required = [], delimiter = guessDelimiter(text) } = {}) {
  const [first, ...records] = parseCsv(text, delimiter);
  if (!first) throw new CsvError(1, "the file is empty");
  const columns = first.fields.map((name) => name.trim().toLowerCase());
  const missing = required.filter((name) => !columns.includes(name));
  if (missing.length > 0) {
    throw new CsvError(first.line, `the header lacks ${missing.join(", ")}; it has ${columns.join(", ")}`);
  }
  const twice = columns.find((name, index) => columns.indexOf(name) < index);
  if (twice !== undefined) throw new CsvError(first.line, `the header names '${twice}' twice`);
  const rows = records.map(({ line, fields }) => ({
    line,
    cells: Object.fromEntries(columns.map((name, index) => [name, (fields[index] ?? "").trim()])),
    problem: fields.length === columns.length ? null : `it has ${fields.length} fields, and the header has ${columns.length}`,
  }));
  return { columns, rows };
}

/** The delimiter that the first line uses most: a comma, a semicolon or a tab. */
export function guessDelimiter(text) {
  const header = text.slice(0, 10_000).split(/[\r\n]/, 1)[0].replace(/"[^"]*"/g, "");
  const count = (delimiter) => header.split(delimiter).length;
  return [",", ";", "\t"].reduce((best, other) => (count(other) > count(best) ? other : best));
}
