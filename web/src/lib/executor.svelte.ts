// Where runs run, as the person chose it on this device: in this browser, at a server, or in the desktop app on this computer.
// It is no part of the workspace, and no tool sees it.

import type { JobPlace, JobServer } from '../../../worker/client-messages';
import type { Kernel } from './kernel';
import { forget, recall, remember } from './settings';
import type { ToolResult } from './tools';

const NAME = 'executor';

/** A server, or the program that the desktop app has on this computer: of that nothing is kept but that it was chosen. */
export type Choice = JobServer | 'native';

/** Whether the page is that of the desktop app. */
export const isInApp = (): boolean => 'selvageHost' in globalThis;

const isChoice = (value: unknown): value is Choice | undefined => {
  if (value === 'native') return isInApp();
  const { address, key } = (value ?? {}) as Partial<JobServer>;
  return typeof address === 'string' && URL.canParse(address) && typeof key === 'string';
};

export class Executor {
  choice = $state.raw<Choice | undefined>(recall(NAME, undefined, isChoice));

  constructor(
    readonly kernel: Kernel,
    /** Runs run elsewhere from now on. */
    readonly moved: () => void = () => undefined,
  ) {
    if (this.choice) kernel.runAt(placeOf(this.choice));
    // Another tab chose.
    if (typeof addEventListener === 'function') addEventListener('storage', ({ key }) => (key === null || key.endsWith(NAME)) && this.#take(recall(NAME, undefined, isChoice)));
  }

  /** Has runs run there from now on, or in this browser. */
  use(choice: Choice | undefined): void {
    if (choice) remember(NAME, choice);
    else forget(NAME);
    this.#take(choice);
  }

  /** Asks whether runs would be taken there. It never rejects. */
  try(choice: Choice): Promise<ToolResult> {
    return this.kernel.tryServer(placeOf(choice));
  }

  /** The server, where one is set. */
  get server(): JobServer | undefined {
    return this.choice === 'native' ? undefined : this.choice;
  }

  /** Where runs run, in words, when that is not in this browser. */
  get where(): string | undefined {
    return this.choice === 'native' ? 'on this computer' : this.server && `at ${new URL(this.server.address).host}`;
  }

  #take(choice: Choice | undefined): void {
    this.choice = choice;
    this.kernel.runAt(choice ? placeOf(choice) : null);
    this.moved();
  }
}

/** What the kernel is told. It asks the app for the program's address and key each time that it wants them. */
function placeOf(choice: Choice): JobPlace {
  if (choice !== 'native') return choice;
  const { port1, port2 } = new MessageChannel();
  void import('../agents/host').then(({ answerPlaces }) => answerPlaces(port1));
  return port2;
}
