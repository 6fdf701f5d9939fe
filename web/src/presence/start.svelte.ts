// Loaded when somebody else is here for the first time.

import type { Command } from '../lib/commands';
import type { Workbench } from '../lib/workbench.svelte';
import Avatars from './Avatars.svelte';
import { cssOf } from './colours';
import { Presence, tabs } from './presence.svelte';

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
  const presence = new Presence(wb, tabs);
  $effect.root(() => {
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
