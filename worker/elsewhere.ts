// What waits for a person in other tabs. Each tab tells the others what it waits for, and does what their persons decide about it:
// the engine of the tab that asked decides, there and nowhere else.

/** How long another tab may take to answer. One that is frozen does not, and does nothing late. */
export const ANSWER_MS_MAX = 5_000;

/** The most decisions that are listed, as the engine has it. */
const DECIDED_MAX = 200;

/** The tools that are about what waits. */
const ABOUT_WAITING: ReadonlySet<string> = new Set(["approval_list", "approval_read", "approval_decide"]);

export type Result = { ok: true; value: unknown } | { ok: false; error: { code: string; message: string; hint: string } };

interface Asked {
  approval: string;
  who: string;
  what: string;
  digest: string;
  askedMs: number;
}

/** What `approval_list` gives. */
interface Waits {
  approvals: Asked[];
  decided: { atMs: number }[];
}

export type TabSaid =
  | { waits: Waits }
  | { ask: number; name: string; input: unknown; untilMs: number }
  | { answer: number; result: Result };

export interface ElsewhereEvents {
  /** Calls a tool here, as the person does. */
  own: (name: string, input: unknown) => Promise<Result>;
  /** Says something to another tab, or to all. */
  say: (said: TabSaid, peer?: number) => void;
  /** Something else waits now. */
  changed: () => void;
  /** The tab that asked is gone, and what it asked about with it. */
  abandoned: (asked: Asked) => void;
}

const failed = (code: string, message: string, hint: string): Result => ({ ok: false, error: { code, message, hint } });
const DEAD = failed("NOT_FOUND", "The tab that asked is gone, and what it asked about with it.", "Nothing of it was done. Who asked may ask again.");
const LEFT = failed("BUSY", "The tab that asked is not reached any more.", "It may still wait for an answer: go there to decide.");

export class Elsewhere {
  readonly #waits = new Map<number, Waits>();
  readonly #open = new Map<number, { peer: number; answer: (result: Result) => void }>();
  #next = 1;

  constructor(readonly events: ElsewhereEvents) {}

  /** Tells another tab, or all, what waits here. */
  async tell(peer?: number): Promise<void> {
    const listed = await this.events.own("approval_list", {});
    if (listed.ok) this.events.say({ waits: listed.value as Waits }, peer);
  }

  /** Another tab said something. */
  async hear(peer: number, said: TabSaid): Promise<void> {
    if ("waits" in said) {
      // A tab of another version of the page may say something else.
      if (!Array.isArray(said.waits.approvals) || !Array.isArray(said.waits.decided)) return;
      this.#waits.set(peer, said.waits);
      this.events.changed();
    } else if ("answer" in said) this.#open.get(said.answer)?.answer(said.result);
    else if (Date.now() < said.untilMs && this.isAbout(said.name)) {
      const result = await this.events.own(said.name, said.input);
      // Whoever reads the list with the answer reads it as it is then.
      if (said.name === "approval_decide") await this.tell();
      this.events.say({ answer: said.ask, result }, peer);
    }
  }

  /** There is no session with a tab any more. What one asked about that is dead is over, which the first tab that hears of it records. */
  gone(peer: number, isDead: boolean): void {
    const waits = this.#waits.get(peer);
    this.#waits.delete(peer);
    for (const open of [...this.#open.values()]) if (open.peer === peer) open.answer(isDead ? DEAD : LEFT);
    for (const asked of isDead ? (waits?.approvals ?? []) : [])
      void navigator.locks.request(`selvage:gone:${asked.approval}`, { ifAvailable: true }, (lock) => {
        if (!lock) return undefined;
        this.events.abandoned(asked);
        return new Promise<never>(() => {});
      });
    if (waits) this.events.changed();
  }

  /** Whether a tool is about what waits, here or elsewhere. */
  isAbout(name: string): boolean {
    return ABOUT_WAITING.has(name);
  }

  /** Such a call, of the person here. */
  async call(name: string, input: unknown): Promise<Result> {
    if (name === "approval_list") return this.#list(input);
    const named = (input as { approval?: unknown } | null)?.approval;
    const [peer] = [...this.#waits].find(([, { approvals }]) => approvals.some(({ approval }) => approval === named)) ?? [];
    return peer === undefined ? this.events.own(name, input) : this.#ask(peer, name, input);
  }

  async #list(input: unknown): Promise<Result> {
    const listed = await this.events.own("approval_list", input);
    if (!listed.ok) return listed;
    const own = listed.value as Waits;
    const others = [...this.#waits.values()];
    const approvals = [...own.approvals, ...others.flatMap((waits) => waits.approvals.map((asked) => ({ ...asked, elsewhere: true })))];
    const decided = [...own.decided, ...others.flatMap((waits) => waits.decided)];
    return { ok: true, value: { approvals: approvals.sort((a, b) => a.askedMs - b.askedMs), decided: decided.sort((a, b) => b.atMs - a.atMs).slice(0, DECIDED_MAX) } };
  }

  #ask(peer: number, name: string, input: unknown): Promise<Result> {
    const ask = this.#next++;
    return new Promise((resolve) => {
      const answer = (result: Result): void => {
        clearTimeout(timer);
        this.#open.delete(ask);
        resolve(result);
      };
      const late = failed("BUSY", "The tab that asked does not answer.", "The browser may have put it to sleep: go there to decide, or close it.");
      const timer = setTimeout(() => answer(late), ANSWER_MS_MAX);
      this.#open.set(ask, { peer, answer });
      this.events.say({ ask, name, input, untilMs: Date.now() + ANSWER_MS_MAX }, peer);
    });
  }
}
