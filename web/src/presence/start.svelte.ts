// Loaded when somebody else is here for the first time.

import type { Command } from '../lib/commands';
import type { Workbench } from '../lib/workbench.svelte';
import Avatars from './Avatars.svelte';
import { cssOf } from './colours';
import { Direct } from './direct';
import { all, others, Presence, tabs } from './presence.svelte';

/** What the page shows of others. */
export class Shown {
  readonly Avatars = Avatars;
  readonly cssOf = cssOf;

  constructor(readonly presence: Presence) {}

  /** A way to everybody who is in a file. */
  get commands(): Command[] {
    return this.presence.peers
      .filter((peer) => peer.path !== null)
      .map((peer) => ({ id: `go-to-${peer.id}`, title: `Go to where ${peer.name} is`, group: 'View', run: () => this.presence.goTo(peer.id) }));
  }
}

/** Begins to tell the others where this page is, and to show where they are. */
export function startPresence(wb: Workbench): Shown {
  const bench = {
    documents: wb.documents,
    openFile: (path: string) => wb.openFile(path),
    nameOf: (device: string) => wb.devices.state?.members.find((member) => member.id === device)?.name,
  };
  const presence = new Presence(bench, all(tabs, others(wb.kernel)));
  const direct = new Direct(wb.kernel);
  let there = '';
  $effect.root(() => {
    // Other devices came or went.
    $effect(() => {
      direct.look(wb.devices.state);
      const now = new Set(wb.devices.there);
      if ([...now].join() === there) return;
      there = [...now].join();
      presence.only(now);
    });
    // Another file came to the front.
    $effect(() => {
      void wb.documents.active?.path;
      presence.saySoon();
    });
  });
  addEventListener('pagehide', (event) => {
    // A page that may come back keeps its timers.
    if (!event.persisted) presence.close();
  });
  return new Shown(presence);
}
