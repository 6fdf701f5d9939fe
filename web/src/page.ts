// Puts the page on the screen over a kernel.

import 'virtual:dockview.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/fields.css';
import './styles/dock.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { watchInvitations } from './lib/devices.svelte';
import type { Kernel } from './lib/kernel';
import { Workbench } from './lib/workbench.svelte';
import { installSelvage } from './selvage';
import { installIcons } from './ui/icons';

export function startPage(kernel: Kernel): Workbench {
  installIcons();
  const target = document.getElementById('app');
  if (!target) throw new Error('the page has no #app');
  const wb = new Workbench(kernel);
  installSelvage(kernel);
  watchInvitations(wb.devices, () => wb.command('devices'));
  mount(App, { target, props: { wb } });
  addEventListener('visibilitychange', () => {
    // A hidden tab may be killed without another word.
    if (document.visibilityState === 'hidden') void wb.documents.saveAll();
  });
  // What a run has done so far goes with the page, and so does a text that only the person saves. The browser asks in its own words.
  addEventListener('beforeunload', (event) => {
    if (wb.runs.underWay.length || wb.documents.unkept) event.preventDefault();
  });
  addEventListener('unhandledrejection', (event) => wb.toasts.failure('Something went wrong', event.reason));
  return wb;
}
