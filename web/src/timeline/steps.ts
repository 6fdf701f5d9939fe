// The way of a run as it is known: the times that its record has, and those that the page saw.

import type { Approval } from '../approvals/approval';
import { duration, plural } from '../lib/format';
import { ended, gave, type RunProgress, type RunRecord, type RunStatus } from '../lib/tools';
import { waitedMs } from '../lib/waited';

export interface Step {
  id: 'queue' | 'lint' | 'decide' | 'run' | 'land';
  title: string;
  tone: '' | 'good' | 'bad' | 'warn' | 'accent';
  /** How it went, in a few words. */
  text: string;
  /** How long it took, where that is known. */
  time?: string;
}

/** A step that waits for a person; of the run itself, a call of its own does. */
type Gate = 'decide' | 'run' | 'land';

type Seen = readonly { status: RunStatus; atMs: number }[];

/** A run that is not over: where it is, and which of its steps waits for a person. */
export interface Live {
  status: RunStatus;
  gate?: Gate | undefined;
  progress?: RunProgress | undefined;
}

/** Where a run waits for a person, if it does. One that ran before it waits is asked about at its end. */
export function gateOf({ status, seen }: { status: RunStatus; seen: Seen }, asked: Approval | undefined): Gate | undefined {
  if (status !== 'waiting') return status === 'running' && asked ? 'run' : undefined;
  return asked?.changes.length || seen.some((one) => one.status === 'running') ? 'land' : 'decide';
}

/** The steps of a run: all of one that is over, and of another (`live`) those that it has gone, the one that it is at, and what is to come. */
export function stepsOf(record: RunRecord, seen: Seen, live?: Live): Step[] {
  const all = [queue(record, seen), lint(record), decide(record), run(record, seen), land(record)];
  if (!live) return all;
  const at = live.gate ?? (live.status === 'queued' ? 'queue' : 'run');
  // Lint, and whether a person is asked, come before the queue in time.
  const order: Step['id'][] = ['lint', 'decide', 'queue', 'run', 'land'];
  return all.map((step) => {
    const ahead = order.indexOf(step.id) - order.indexOf(at);
    if (ahead === 0) return { ...now(live), id: step.id, title: step.title };
    if (ahead > 0) return { id: step.id, title: step.title, tone: '', text: 'not yet' };
    return step.id === 'run' ? { id: step.id, title: step.title, tone: 'good', text: 'it is over, and nothing of it has landed' } : step;
  });
}

/** What a run is at. */
function now({ status, gate, progress }: Live): Pick<Step, 'tone' | 'text'> {
  if (gate) return { tone: 'warn', text: 'waits for a person' };
  if (status === 'queued') return { tone: 'accent', text: 'waits for its turn' };
  if (status === 'asking') return { tone: 'warn', text: 'used up a limit, and asks for more' };
  const done = progress && `: ${[progress.label, progress.total ? `${progress.done} of ${progress.total}` : progress.done].filter(Boolean).join(' ')}`;
  return { tone: 'accent', text: `goes on${done ?? ''}` };
}

function queue(record: RunRecord, seen: Seen): Step {
  const began = seen.find(({ status }) => status === 'running')?.atMs;
  // Whoever waited for a person before that was in no queue.
  const waited = waitedMs(record.decisions?.filter(({ atMs }) => atMs <= (began ?? 0)));
  const time = began === undefined ? {} : { time: duration(Math.max(0, began - record.startedMs - waited)) };
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
  const waited = waitedMs(decisions);
  const granted = [plural(grant.net.length, 'domain'), plural(grant.tools.length, 'tool')].filter((text) => !text.startsWith('0 '));
  if (decisions.length === 0) return { id: 'decide', title: 'Decide', tone: 'good', text: granted.length ? `no policy asked; granted ${granted.join(' and ')}` : 'no policy asked; no network' };
  return { id: 'decide', title: 'Decide', tone: held ? 'bad' : 'good', text: `${plural(decisions.length, 'decision')}${asked ? `, ${asked} by asking` : ''}${held ? `, ${held} against it` : ''}`, ...(waited ? { time: `waited ${duration(waited)}` } : {}) };
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
