// What the fixture's flows do, step by step.

import type { Approval, Proposed } from '../src/approvals/approval';
import { toBase64 } from '../src/lib/base64';
import { nameOf } from '../src/lib/paths';
import { fileOf, type ReadValue, type RunProgress, type RunRecord, type ToolError } from '../src/lib/tools';

export const LIMITS = {
  fuelMax: 2e9, cpuMsMax: 10_000, wallMsMax: 60_000, memoryBytesMax: 134_217_728, stackCallsMax: 400, outputBytesMax: 4_194_304,
  filesMax: 1_000, writtenBytesMax: 67_108_864, callsMax: 100_000, fetchesMax: 50, fetchBytesMax: 16_777_216,
};

export type ScriptStep =
  | { log: 'debug' | 'info' | 'warn' | 'error'; text: string; source?: string }
  | RunProgress
  | { write: string; content: string }
  | { value: unknown }
  | { fail: ToolError }
  | { ask: ToolError; limit: string; used: number }
  | { waits: Omit<Approval, 'who' | 'run' | 'askedMs' | 'expiresMs'> };

const REPORT = `# Invoices, third quarter

| Customer | Invoices | Total |
| --- | ---: | ---: |
| Hollis & Daughters | 4 | 12 480.00 |
| Nordic Loom | 3 | 8 115.50 |
| Tessel Works | 2 | 960.25 |

**Open:** 2 invoices, 1 975.00 in all. See the [summary](summary.json).
`;

const INVOICES = Array.from({ length: 9 }, (_, index) => ({
  number: `2026-${String(index + 113)}`,
  customer: ['Hollis & Daughters', 'Nordic Loom', 'Tessel Works'][index % 3],
  total: [3120, 2705.17, 480.13][index % 3],
  paid: index % 4 !== 1,
  due: { $type: 'date', value: `2026-0${7 + (index % 3)}-15T00:00:00.000Z` },
}));

export function fakeScript(path: string): ScriptStep[] {
  if (path.includes('rates'))
    return [
      { log: 'info', text: 'Asking api.frankfurter.dev for today’s rates' },
      { fail: { code: 'POLICY_DENIED', message: 'The run may not fetch from `api.frankfurter.dev`.', hint: 'Run it with `allowNet: ["api.frankfurter.dev"]`.', path, line: 7, column: 26, stack: `    at fetch (native)\n    at parse (lib/csv.js:1:25)\n    at gone (lib/gone.js:3:1)\n    at default (${path}:5:26)` } },
    ];
  if (path.includes('endless'))
    return [
      { log: 'info', text: 'Counting primes until somebody stops me' },
      { ask: { code: 'QUOTA_CPU', message: 'The run used up its computing time of 10 s.' }, limit: 'cpuMsMax', used: 10_000 },
      { value: 78_498 },
    ];
  if (path.includes('orders')) return [{ value: [{ order: 'A-1', lines: [{ item: 'yarn', count: 2 }, { item: 'reed', count: 1 }], ship: { to: 'Visby', by: { $type: 'date', value: '2026-03-01T00:00:00.000Z' } } }, { order: 'A-2', lines: [], ship: { to: 'Umeå' } }] }];
  if (path.includes('many')) return [{ log: 'info', text: '1234567 rows' }, { log: 'info', text: 'x'.repeat(5_500) }, { value: Array.from({ length: 1_500 }, (_, at) => ({ row: 1_000 + at })) }];
  if (path.includes('gated'))
    return [
      {
        waits: {
          approval: 'ask-run', tool: 'run_flow', what: 'write notes/README.md', reason: 'the rule for flows `*`: `ask.write` has `notes/**`', risks: [], digest: 'd'.repeat(64), onExpiry: 'deny',
          changes: [fakeProposal('notes/README.md', '# Notes\n\nAll done.\n', '# Notes\n')],
        },
      },
      { value: 'done' },
    ];
  return [
    { log: 'debug', text: 'read data/invoices.csv (9 rows)', source: 'selvage' },
    { done: 0, total: 9, label: 'Reading invoices' },
    ...INVOICES.flatMap((invoice, index): ScriptStep[] => [
      { log: invoice.paid ? 'info' : 'warn', text: `${invoice.number}  ${invoice.customer}  ${invoice.total}${invoice.paid ? '' : '  is not paid'}` },
      { done: index + 1, total: 9, label: 'Reading invoices' },
    ]),
    { log: 'error', text: 'Row 10 has no customer; it was left out.\nExpected: number,customer,total,paid,due' },
    { write: 'out/report.md', content: REPORT },
    { write: 'out/summary.json', content: JSON.stringify({ customers: 3, total: 21_555.75 }, null, 2) },
    { value: { customers: 3, total: 21_555.75, open: ['2026-114', '2026-118'], invoices: INVOICES, report: REPORT, checked: { $type: 'set', value: [1, 2, 3] }, cents: { $type: 'bigint', value: '2155575' } } },
  ];
}

/** What a dry run says of a file: all of its lines go, and all of the new ones come. */
export function fakeProposal(path: string, content: string, before?: string): Proposed {
  const lines = (text: string | undefined, sign: string): string[] => (text === undefined ? [] : text.replace(/\n$/, '').split('\n').map((line) => sign + line));
  const [gone, added] = [lines(before, '-'), lines(content, '+')];
  const diff = [`--- a/${path}`, `+++ b/${path}`, `@@ -${gone.length ? 1 : 0},${gone.length} +1,${added.length} @@`, ...gone, ...added, ''].join('\n');
  return { op: 'write', path, ...(before === undefined ? {} : { before: 'b'.repeat(64) }), after: 'a'.repeat(64), size: content.length, diff };
}

/** What `approval_read` gives: an input as it is, and of files the same text, or the same bytes. */
export function fakeContent(path: string, input: string | undefined, changes: readonly Proposed[] = []): ReadValue | undefined {
  const found = changes.find((one) => one.path === path);
  const text = (content: string): ReadValue => ({ path, content, encoding: 'text', size: content.length, hash: found?.after ?? '', truncated: false });
  if (input !== undefined) return text(input);
  if (found?.diff !== undefined) return text('All of it,\nline by line.\n');
  return found && { path, content: toBase64(new Uint8Array(600).map((_, at) => at)), encoding: 'base64', size: 600, hash: found.after ?? '', truncated: false };
}

/** A run that was just asked for, by a path or by `path::function`. */
export const fakeRecord = (run: string, input: Record<string, unknown>, startedMs: number): RunRecord => {
  const reference = String(input['path']);
  const path = fileOf(reference);
  return {
    run, path, ...(path === reference ? {} : { function: reference.slice(path.length + 2) }), ...(input['name'] === undefined ? {} : { name: String(input['name']) }), status: 'running', startedMs, durationMs: 0, args: input['args'] ?? null, env: [], limits: LIMITS,
    usage: { fuel: 0, cpuMs: 0, wallMs: 0, memoryBytes: 9_437_184, outputBytes: 0, files: 0, writtenBytes: 0, calls: 0, fetches: 0 },
    grant: { read: ['data/**'], write: ['out/**'], net: [], tools: [] }, changes: [], artifacts: [], logs: [], diagnostics: [], headsIn: ['h1'], headsOut: [],
    flowHash: 'f', guestHash: 'g', seed: Number(input['seed'] ?? 7), dryRun: input['mode'] === 'dry-run', record: `runs/${nameOf(path).replace(/\.(flow\.m?js|py)$/, '')}/2026-11-21T07-00-00.000Z-${run}.json`,
  };
};
