// Fetches reference exchange rates and keeps them as JSON and Markdown.
//
// No flow may use the network unless whoever runs it allows the domain: here api.frankfurter.dev.

import { table } from "/lib/markdown.js";

export const title = "Exchange rates";
export const description = "Fetches today's reference rates (allow api.frankfurter.dev) and compares them with those of the last run.";
export const inputs = {
  base: { kind: "select", label: "Base currency", options: ["EUR", "USD", "GBP", "CHF"], default: "EUR" },
  symbols: { kind: "text", label: "Currencies, separated by commas", default: "USD, GBP, CHF, JPY, SEK", description: "All of them when empty." },
};

const TRIES_MAX = 3;
const TRY_MS_MAX = 8_000;
const PAUSE_MS = 500;

/** An answer that a second try may mend. */
class Temporary extends Error {}

export default async function (flow) {
  const base = currency(flow.args.base ?? "EUR");
  const symbols = (flow.args.symbols ?? "USD, GBP, CHF, JPY, SEK").split(",").map((text) => text.trim()).filter(Boolean).map(currency);
  const query = symbols.length > 0 ? `&symbols=${symbols.join(",")}` : "";

  const latest = await fetchRates(`https://api.frankfurter.dev/v1/latest?base=${base}${query}`, flow);
  const missing = symbols.filter((symbol) => symbol !== base && !(symbol in latest.rates));
  if (missing.length > 0) flow.log.warn(`There is no rate for ${missing.join(", ")}.`);

  const before = await lastRates(base, flow);
  const rates = Object.entries(latest.rates).map(([symbol, rate]) => {
    const old = before?.rates[symbol];
    return { currency: symbol, rate, changePercent: old ? Math.round((rate / old - 1) * 10_000) / 100 : null };
  });
  await flow.fs.writeJSON("reports/exchange-rates/latest.json", { base, date: latest.date, rates: latest.rates });
  await flow.fs.write("reports/exchange-rates/latest.md", markdown({ base, date: latest.date, before, rates }));
  await flow.artifact("reports/exchange-rates/latest.md");
  await flow.artifact("reports/exchange-rates/latest.json");
  return { base, date: latest.date, rates };
}

function currency(text) {
  const code = text.trim().toUpperCase();
  if (!/^[A-Z]{3}$/.test(code)) throw new RangeError(`'${text}' is no currency code; one looks like EUR`);
  return code;
}

/** Fetches and checks the answer; what may be a passing fault is tried again. */
async function fetchRates(url, flow) {
  for (let attempt = 1; ; attempt += 1) {
    flow.progress(attempt - 1, TRIES_MAX, "Fetching rates");
    try {
      const rates = await fetchOnce(url);
      flow.progress(TRIES_MAX, TRIES_MAX, "Fetching rates");
      return rates;
    } catch (error) {
      const mayPass = error instanceof Temporary || error.code === "FETCH_FAILED";
      if (!mayPass || attempt === TRIES_MAX) throw error;
      flow.log.warn(`Try ${attempt} of ${TRIES_MAX} failed: ${error.message}`);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * 2 ** attempt));
    }
  }
}

async function fetchOnce(url) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Temporary(`no answer within ${TRY_MS_MAX} ms`)), TRY_MS_MAX);
  try {
    const response = await fetch(url, { signal: controller.signal, headers: { accept: "application/json" } });
    if (response.status === 429 || response.status >= 500) throw new Temporary(`the server answered ${response.status}`);
    if (!response.ok) throw new Error(`the server answered ${response.status}: ${(await response.text()).slice(0, 200)}`);
    return checked(await response.json());
  } finally {
    clearTimeout(timer);
  }
}

/** What comes from outside is checked before anything is built on it. */
function checked(answer) {
  const { date, rates } = answer ?? {};
  if (typeof date !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(date)) throw new TypeError("the answer has no date");
  if (rates === null || typeof rates !== "object") throw new TypeError("the answer has no rates");
  for (const [symbol, rate] of Object.entries(rates)) {
    if (typeof rate !== "number" || !(rate > 0)) throw new TypeError(`the rate of ${symbol} is no positive number`);
  }
  return { date, rates };
}

/** The rates that an earlier run left here for the same base, or null. */
async function lastRates(base, flow) {
  if (!(await flow.fs.exists("reports/exchange-rates/latest.json"))) return null;
  try {
    const last = await flow.fs.readJSON("reports/exchange-rates/latest.json");
    return last.base === base ? checked(last) && last : null;
  } catch (error) {
    flow.log.warn(`The rates of the last run can't be read and are written anew: ${error.message}`);
    return null;
  }
}

function markdown({ base, date, before, rates }) {
  const columns = [
    { title: "Currency", value: (row) => row.currency },
    { title: `For 1 ${base}`, value: (row) => row.rate, right: true },
  ];
  if (before) columns.push({ title: `Since ${before.date}`, value: ({ changePercent }) => percent(changePercent), right: true });
  return `# Exchange rates of ${date}\n\n${table(columns, rates)}\n`;
}

function percent(change) {
  if (change === null) return "new";
  return `${change > 0 ? "+" : ""}${change.toFixed(2)} %`;
}
