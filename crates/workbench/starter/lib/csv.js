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

const [FEED, RETURN, QUOTE] = ["\n", "\r", '"'].map((character) => character.charCodeAt(0));

/**
 * Splits a text into records: `{ line, fields }`, where `line` is where the record begins.
 * Throws a `CsvError` when a quote is where none may be. Every character is looked at once.
 */
export function parseCsv(text, delimiter = ",") {
  const comma = delimiter.charCodeAt(0);
  const records = [];
  let at = text.startsWith("\ufeff") ? 1 : 0;
  let line = 1;

  /** Reads a field that stands in quotes; `at` is at the opening one, and then after the closing one. */
  const quoted = () => {
    const opening = line;
    let field = "";
    let start = at + 1;
    for (at = start; ; at += 1) {
      if (at >= text.length) throw new CsvError(opening, "a quoted field is never closed");
      const code = text.charCodeAt(at);
      if (code === FEED || (code === RETURN && text.charCodeAt(at + 1) !== FEED)) line += 1;
      if (code !== QUOTE) continue;
      field += text.slice(start, at);
      if (text.charCodeAt(at + 1) !== QUOTE) break;
      at += 1;
      start = at;
    }
    at += 1;
    if (at < text.length && !isEnd(text.charCodeAt(at))) {
      throw new CsvError(line, "a closing quote is followed by text; write a quote inside a field twice");
    }
    return field;
  };

  /** Reads any other field; `at` is then at what ends it. */
  const plain = () => {
    const start = at;
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (isEnd(code)) break;
      if (code === QUOTE) throw new CsvError(line, "a quote stands inside a field that is not quoted");
    }
    return text.slice(start, at);
  };

  const isEnd = (code) => code === comma || code === FEED || code === RETURN;

  while (at < text.length) {
    const record = { line, fields: [] };
    const start = at;
    for (;;) {
      record.fields.push(text.charCodeAt(at) === QUOTE ? quoted() : plain());
      if (text.charCodeAt(at) !== comma) break;
      at += 1;
    }
    if (at > start) records.push(record);
    at += text.charCodeAt(at) === RETURN && text.charCodeAt(at + 1) === FEED ? 2 : 1;
    line += 1;
  }
  return records;
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
