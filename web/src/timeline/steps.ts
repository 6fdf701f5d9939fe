// The way of a run as it is known: the times that its record has, and those that the page saw.

import { duration, plural } from '../lib/format';
import { ended, gave, type RunRecord, type RunStatus } from '../lib/tools';

export interface Step {
  id: 'queue' | 'lint' | 'decide' | 'run' | 'land';
  title: string;
  tone: '' | 'good' | 'bad' | 'warn' | 'accent';
  /** How it went, in a few words. */
  text: string;
  /** How long it took, where that is known. */
  time?: string;
}

type Seen = readonly { status: RunStatus; atMs: number }[];

/** The steps of a run that is over. */
export function stepsOf(record: RunRecord, seen: Seen): Step[] {
  return [queue(record, seen), lint(record), decide(record), run(record, seen), land(record)];
}

function queue(record: RunRecord, seen: Seen): Step {
  const began = seen.find(({ status }) => status === 'running')?.atMs;
  const time = began === undefined ? {} : { time: duration(Math.max(0, began - record.startedMs)) };
  return { id: 'queue', title: 'Queued', tone: 'good', text: record.dryRun ? 'as a dry run' : 'to be run', ...time };
}

function lint({ diagnostics = [] }: RunRecord): Step {
  const of = (severity: string): number => diagnostics.filter((one) => one.severity === severity).length;
  const found = [plural(of('warning'), 'warning'), plural(of('info'), 'remark')].filter((text) => !text.startsWith('0 '));
  return { id: 'lint', title: 'Lint', tone: of('error') ? 'bad' : of('warning') ? 'warn' : 'good', text: of('error') ? plural(of('error'), 'error') : found.length ? found.join(', ') : 'nothing to say' };
}

function decide({ decisions = [], grant }: RunRecord): Step {
  const held = decisions.filter(({ verdict }) => verdict === 'denied' || verdict === 'refused' || verdict === 'expired').length;
  const asked = decisions.filter(({ verdict }) => verdict === 'asked').length;
  const granted = [plural(grant.net.length, 'domain'), plural(grant.tools.length, 'tool')].filter((text) => !text.startsWith('0 '));
  if (decisions.length === 0) return { id: 'decide', title: 'Decide', tone: 'good', text: granted.length ? `no policy asked; granted ${granted.join(' and ')}` : 'no policy asked; no network' };
  return { id: 'decide', title: 'Decide', tone: held ? 'bad' : 'good', text: `${plural(decisions.length, 'decision')}${asked ? `, ${asked} by asking` : ''}${held ? `, ${held} against it` : ''}` };
}

function run({ status, usage, error }: RunRecord, seen: Seen): Step {
  const waits = seen.filter(({ status: one }) => one === 'asking').length;
  const more = waits ? `, asked for more ${waits === 1 ? 'once' : `${waits} times`}` : '';
  const went = status === 'cancelled' ? 'cancelled' : gave(status) ? `${duration(usage.cpuMs)} of computing` : (error?.code ?? 'failed');
  return { id: 'run', title: 'Run', tone: gave(status) ? (status === 'succeeded' ? 'good' : 'warn') : status === 'cancelled' ? 'warn' : 'bad', text: went + more, time: duration(usage.wallMs) };
}

function land({ status, dryRun, changes, headsOut }: RunRecord): Step {
  const files = plural(new Set(changes.map((op) => ('path' in op ? op.path : op.to))).size, 'file');
  if (!ended(status) || headsOut.length) return { id: 'land', title: 'Land', tone: 'good', text: `one change to ${files}` };
  if (gave(status) && changes.length === 0) return { id: 'land', title: 'Land', tone: 'good', text: 'it changed no files' };
  return { id: 'land', title: 'Land', tone: '', text: dryRun ? `a dry run keeps nothing; it would have changed ${files}` : 'nothing of it landed' };
}
