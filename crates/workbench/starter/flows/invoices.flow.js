// Turns a CSV of invoices into a summary for programs and a report for people.

import { readTable } from "/lib/csv.js";
import { formatDay, parseDay } from "/lib/dates.js";
import { table } from "/lib/markdown.js";
import { formatCents, parseCents } from "/lib/money.js";

export const title = "Invoice report";
export const description = "Checks a CSV of invoices and reports totals by customer and month, and what is overdue.";
export const inputs = {
  csv: { kind: "file", label: "Invoices (CSV)", default: "data/invoices.csv" },
  asOf: { kind: "text", label: "Report as of (YYYY-MM-DD)", optional: true, description: "Today when left out." },
};

const COLUMNS = ["invoice", "customer", "issued", "due", "currency", "amount", "status"];
const CURRENCIES = ["CHF", "EUR", "GBP", "USD"];
const STATUSES = ["cancelled", "open", "overdue", "paid"];
const AGES = [
  { title: "1 to 30 days", days: 30 },
  { title: "31 to 60 days", days: 60 },
  { title: "61 to 90 days", days: 90 },
  { title: "over 90 days", days: Infinity },
];
const WARNINGS_MAX = 20;

export default async function (flow) {
  const csv = flow.args.csv || "data/invoices.csv";
  const today = flow.args.asOf || new Date().toISOString().slice(0, 10);
  const asOf = parseDay(today);
  if (asOf === null) throw new RangeError(`asOf is '${today}', and should be a day such as 2026-03-31`);

  const { rows } = readTable(await flow.fs.read(csv), { required: COLUMNS });
  const { invoices, rejected } = check(rows, flow);
  if (invoices.length === 0) throw new Error(`${csv} has no row that can be used; ${rejected.length} were rejected`);
  for (const { line, reason } of rejected.slice(0, WARNINGS_MAX)) flow.log.warn(`${csv}:${line}: row left out: ${reason}`);
  if (rejected.length > WARNINGS_MAX) flow.log.warn(`${rejected.length - WARNINGS_MAX} more rows were left out; the summary lists them all.`);

  const report = analyse(invoices, asOf);
  const customers = new Set(invoices.map(({ customer }) => customer));
  flow.log(`${invoices.length} invoices of ${customers.size} customers, ${report.overdue.length} overdue on ${today}.`);

  const summary = { source: csv, asOf: today, rows: rows.length, accepted: invoices.length, rejected, ...decimal(report) };
  await flow.fs.writeJSON("reports/invoices/summary.json", summary);
  await flow.fs.write("reports/invoices/report.md", markdown({ csv, today, rows, invoices, rejected, report }));
  await flow.artifact("reports/invoices/report.md");
  await flow.artifact("reports/invoices/summary.json");
  return {
    asOf: today,
    invoices: invoices.length,
    rejected: rejected.length,
    totals: summary.totals,
    overdue: summary.overdue.map(({ invoice, customer, days, currency, amount }) => ({ invoice, customer, days, currency, amount })),
  };
}

/** Splits rows into invoices and rejected rows, each of these with its line and the reason. */
function check(rows, flow) {
  const invoices = [];
  const rejected = [];
  const lines = new Map();
  const step = Math.max(1, Math.floor(rows.length / 20));
  rows.forEach((row, index) => {
    const { invoice, problems } = read(row);
    const first = lines.get(invoice.number);
    if (first !== undefined) problems.push(`invoice ${invoice.number} stands in line ${first} already`);
    if (problems.length > 0) {
      rejected.push({ line: row.line, invoice: invoice.number, reason: problems.join("; ") });
    } else {
      lines.set(invoice.number, row.line);
      invoices.push(invoice);
    }
    if ((index + 1) % step === 0 || index + 1 === rows.length) flow.progress(index + 1, rows.length, "Checking rows");
  });
  return { invoices, rejected };
}

function read({ cells, problem }) {
  const problems = problem === null ? [] : [problem];
  const invoice = {
    number: cells.invoice,
    customer: cells.customer,
    issued: parseDay(cells.issued),
    due: parseDay(cells.due),
    currency: cells.currency.toUpperCase(),
    cents: parseCents(cells.amount),
    status: cells.status.toLowerCase(),
  };
  // When fields are missing or doubled, every cell after them is wrong; one reason is enough.
  if (problem !== null) return { invoice, problems };
  if (!invoice.number) problems.push("it has no invoice number");
  if (!invoice.customer) problems.push("it has no customer");
  if (invoice.issued === null) problems.push(`issued is '${cells.issued}', which is no day`);
  if (invoice.due === null) problems.push(`due is '${cells.due}', which is no day`);
  if (invoice.issued !== null && invoice.due !== null && invoice.due < invoice.issued) problems.push("it is due before it was issued");
  if (!CURRENCIES.includes(invoice.currency)) problems.push(`currency is '${cells.currency}', and should be one of ${CURRENCIES.join(", ")}`);
  if (invoice.cents === null) problems.push(`amount is '${cells.amount}', and should look like 1234.50`);
  if (!STATUSES.includes(invoice.status)) problems.push(`status is '${cells.status}', and should be one of ${STATUSES.join(", ")}`);
  return { invoice, problems };
}

/** Adds up, in cents. Different currencies are never added to each other, and cancelled invoices count for nothing. */
function analyse(invoices, asOf) {
  const isLate = ({ status, due, cents }) => status !== "paid" && due < asOf && cents > 0;
  const counted = invoices.filter(({ status }) => status !== "cancelled");
  const totalsBy = (key) => {
    const groups = new Map();
    for (const invoice of counted) {
      const { cents, currency, status } = invoice;
      const name = key(invoice);
      const id = `${currency} ${name}`;
      if (!groups.has(id)) groups.set(id, { name, currency, invoices: 0, billed: 0, paid: 0, open: 0, overdue: 0 });
      const group = groups.get(id);
      group.invoices += 1;
      group.billed += cents;
      if (status === "paid") group.paid += cents;
      else group.open += cents;
      if (isLate(invoice)) group.overdue += cents;
    }
    return [...groups.values()].sort((a, b) => order(a.name, b.name) || order(a.currency, b.currency));
  };
  const overdue = counted
    .filter(isLate)
    .map((invoice) => ({ ...invoice, days: asOf - invoice.due }))
    .sort((a, b) => b.days - a.days || order(a.number, b.number));
  const ages = AGES.map(({ title, days }, index) => {
    const above = index === 0 ? 0 : AGES[index - 1].days;
    const found = overdue.filter((invoice) => invoice.days > above && invoice.days <= days);
    return { title, count: found.length, sums: sums(found) };
  });
  return {
    totals: totalsBy(() => "all").map(({ name, ...rest }) => rest),
    customers: totalsBy(({ customer }) => customer),
    months: totalsBy(({ issued }) => formatDay(issued).slice(0, 7)),
    overdue,
    ages,
  };
}

/** Cents by currency. */
function sums(invoices) {
  const sums = new Map();
  for (const { currency, cents } of invoices) sums.set(currency, (sums.get(currency) ?? 0) + cents);
  return [...sums].sort(([a], [b]) => order(a, b)).map(([currency, cents]) => ({ currency, cents }));
}

/** The report with amounts as other programs expect them, in whole units of the currency. */
function decimal({ totals, customers, months, overdue }) {
  const amounts = (row) => ({ ...row, billed: row.billed / 100, paid: row.paid / 100, open: row.open / 100, overdue: row.overdue / 100 });
  return {
    totals: totals.map(amounts),
    customers: customers.map(({ name, ...rest }) => amounts({ customer: name, ...rest })),
    months: months.map(({ name, ...rest }) => amounts({ month: name, ...rest })),
    overdue: overdue.map(({ number, customer, due, days, currency, cents, status }) => ({
      invoice: number, customer, due: formatDay(due), days, currency, amount: cents / 100, status,
    })),
  };
}

function markdown({ csv, today, rows, invoices, rejected, report }) {
  const money = [
    { title: "Currency", value: (row) => row.currency },
    { title: "Invoices", value: (row) => row.invoices, right: true },
    { title: "Billed", value: (row) => formatCents(row.billed), right: true },
    { title: "Paid", value: (row) => formatCents(row.paid), right: true },
    { title: "Open", value: (row) => formatCents(row.open), right: true },
    { title: "Overdue", value: (row) => formatCents(row.overdue), right: true },
  ];
  const parts = [
    "# Invoice report",
    `As of **${today}**, from \`${csv}\`: ${invoices.length} of ${rows.length} rows could be used. Cancelled invoices are left out of all sums; open sums hold what is overdue, too.`,
    "## Totals",
    table(money, report.totals),
    "## Overdue",
    report.overdue.length === 0 ? "Nothing is overdue." : overdueTables(report),
    "## By customer",
    table([{ title: "Customer", value: (row) => row.name }, ...money], report.customers),
    "## By month of issue",
    table([{ title: "Month", value: (row) => row.name }, ...money], report.months),
  ];
  if (rejected.length > 0) {
    parts.push(
      "## Rows left out",
      table(
        [
          { title: "Line", value: (row) => row.line, right: true },
          { title: "Invoice", value: (row) => row.invoice },
          { title: "Reason", value: (row) => row.reason },
        ],
        rejected,
      ),
    );
  }
  return `${parts.join("\n\n")}\n`;
}

function overdueTables({ overdue, ages }) {
  const list = table(
    [
      { title: "Invoice", value: (row) => row.number },
      { title: "Customer", value: (row) => row.customer },
      { title: "Due", value: (row) => formatDay(row.due) },
      { title: "Days", value: (row) => row.days, right: true },
      { title: "Amount", value: (row) => `${formatCents(row.cents)} ${row.currency}`, right: true },
    ],
    overdue,
  );
  const byAge = table(
    [
      { title: "Age", value: (row) => row.title },
      { title: "Invoices", value: (row) => row.count, right: true },
      { title: "Amount", value: (row) => row.sums.map(({ cents, currency }) => `${formatCents(cents)} ${currency}`).join(", "), right: true },
    ],
    ages,
  );
  return `${list}\n\n${byAge}`;
}

function order(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
