// How the state of a run looks.

import type { Run } from '../lib/runs.svelte';
import type { RunStatus } from '../lib/tools';

export interface StatusLook {
  label: string;
  icon: string;
  tone: '' | 'good' | 'bad' | 'warn' | 'accent';
}

const LOOKS: Record<RunStatus, StatusLook> = {
  queued: { label: 'Queued', icon: 'clock', tone: '' },
  running: { label: 'Running', icon: 'circle-dot', tone: 'accent' },
  asking: { label: 'Asks for more', icon: 'clock', tone: 'warn' },
  waiting: { label: 'Waits for approval', icon: 'shield', tone: 'warn' },
  succeeded: { label: 'Succeeded', icon: 'circle-check', tone: 'good' },
  completedWithErrors: { label: 'Completed with errors', icon: 'circle-check', tone: 'warn' },
  failed: { label: 'Failed', icon: 'circle-x', tone: 'bad' },
  cancelled: { label: 'Cancelled', icon: 'ban', tone: 'warn' },
};

const CANCELLING: StatusLook = { label: 'Cancelling…', icon: 'ban', tone: 'warn' };
const RECORDING: StatusLook = { label: 'Finished; recording…', icon: 'clock', tone: 'accent' };

export const statusLook = (status: RunStatus): StatusLook => LOOKS[status] ?? LOOKS.queued;

/** The same of a run that the page follows, which may be on its way to the next state. */
export const runLook = ({ over, cancelled, status }: Run): StatusLook => (over ? RECORDING : cancelled ? CANCELLING : statusLook(status));

