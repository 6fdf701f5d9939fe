import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ANSWER_MS_MAX, Elsewhere, type Result, type TabSaid } from "./elsewhere.ts";

const WAITS = { who: "agent page", what: "Write notes/a.md", digest: "d", askedMs: 5 };

/** Locks of one browser. */
let taken: Set<string>;

beforeEach(() => {
  taken = new Set();
  vi.stubGlobal("navigator", {
    locks: {
      request: (name: string, _options: unknown, act: (lock: unknown) => unknown) => {
        const isFree = !taken.has(name);
        taken.add(name);
        act(isFree ? {} : null);
      },
    },
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A tab with an engine of a few lines: what it waits for is decided once. */
class Tab {
  approvals: { approval: string; who: string; what: string; digest: string; askedMs: number }[] = [];
  decided: { atMs: number; by: string }[] = [];
  abandoned: string[] = [];
  changes = 0;
  isFrozen = false;
  others = new Map<number, Tab>();
  readonly elsewhere: Elsewhere;

  constructor(readonly name: number) {
    this.elsewhere = new Elsewhere({
      own: async (name, input) => this.#call(name, input as { approval: string }),
      say: (said, peer) => this.#say(said, peer),
      changed: () => void this.changes++,
      abandoned: ({ what }) => void this.abandoned.push(what),
    });
  }

  async asks(approval: string, askedMs = WAITS.askedMs): Promise<void> {
    this.approvals.push({ ...WAITS, approval, askedMs });
    await this.elsewhere.tell();
    await settle();
  }

  #call(name: string, input: { approval: string }): Result {
    const { approvals, decided } = this;
    if (name === "approval_list") return structuredClone({ ok: true, value: { approvals, decided } });
    const found = approvals.find(({ approval }) => approval === input.approval);
    if (!found) return { ok: false, error: { code: "NOT_FOUND", message: `${this.name} waits for no such thing`, hint: "" } };
    if (name === "approval_read") return { ok: true, value: `content in ${this.name}` };
    this.approvals = approvals.filter((one) => one !== found);
    this.decided.push({ atMs: 9, by: `the engine of ${this.name}` });
    return { ok: true, value: { verdict: "approved" } };
  }

  #say(said: TabSaid, peer?: number): void {
    for (const [name, tab] of this.others) if ((peer === undefined || peer === name) && !tab.isFrozen) void tab.elsewhere.hear(this.name, structuredClone(said));
  }

  list = async () => ((await this.elsewhere.call("approval_list", {})) as { value: { approvals: { approval: string; elsewhere?: true }[]; decided: unknown[] } }).value;
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

function browser(count: number): Tab[] {
  const tabs = Array.from({ length: count }, (_, name) => new Tab(name));
  for (const tab of tabs) for (const other of tabs) if (other !== tab) tab.others.set(other.name, other);
  return tabs;
}

const close = (tabs: Tab[], dead: Tab, isDead = true): void => {
  for (const tab of tabs) if (tab.others.delete(dead.name)) tab.elsewhere.gone(dead.name, isDead);
};

test("what one tab waits for is listed in all of them, the oldest first, and decided by the one that asked", async () => {
  const [first, second, third] = browser(3) as [Tab, Tab, Tab];
  await second.asks("mine", 7);
  await first.asks("theirs", 3);
  expect((await second.list()).approvals.map(({ approval, elsewhere }) => [approval, elsewhere])).toEqual([["theirs", true], ["mine", undefined]]);
  expect((await third.list()).approvals).toHaveLength(2);
  expect(await third.elsewhere.call("approval_read", { approval: "theirs", path: "notes/a.md" })).toEqual({ ok: true, value: "content in 0" });
  const before = third.changes;
  expect(await third.elsewhere.call("approval_decide", { approval: "theirs", digest: "d", allow: true })).toMatchObject({ ok: true });
  // The answer comes after the list without it.
  expect((await third.list()).approvals.map(({ approval }) => approval)).toEqual(["mine"]);
  expect((await third.list()).decided).toEqual([{ atMs: 9, by: "the engine of 0" }]);
  expect(third.changes).toBeGreaterThan(before);
  expect(third.decided).toEqual([]);
});

test("what waits here, or nowhere, is asked of the engine here", async () => {
  const [first, second] = browser(2) as [Tab, Tab];
  await first.asks("mine");
  expect(await first.elsewhere.call("approval_decide", { approval: "mine" })).toMatchObject({ ok: true });
  for (const input of [{ approval: "nothing" }, null, {}]) expect(await second.elsewhere.call("approval_decide", input ?? { approval: "" })).toMatchObject({ ok: false, error: { message: "1 waits for no such thing" } });
  expect(["approval_list", "approval_read", "approval_decide", "write", "approval_"].map((name) => second.elsewhere.isAbout(name))).toEqual([true, true, true, false, false]);
});

test("of a tab that is gone, one of the others records that what it asked is over", async () => {
  const tabs = browser(3) as [Tab, Tab, Tab];
  const [first, second, third] = tabs;
  await first.asks("a");
  await first.asks("b");
  first.isFrozen = true;
  const pending = second.elsewhere.call("approval_decide", { approval: "a" });
  close(tabs, first);
  expect(await pending).toMatchObject({ ok: false, error: { code: "NOT_FOUND" } });
  expect([...second.abandoned, ...third.abandoned]).toEqual([WAITS.what, WAITS.what]);
  expect((await second.list()).approvals).toEqual([]);
  expect((await third.list()).approvals).toEqual([]);
});

test("a tab that lives on and is only no peer any more has nothing recorded of it", async () => {
  const tabs = browser(2) as [Tab, Tab];
  await tabs[0].asks("a");
  close(tabs, tabs[0], false);
  expect((await tabs[1].list()).approvals).toEqual([]);
  expect(tabs[1].abandoned).toEqual([]);
});

test("a frozen tab is told about, and does nothing late", async () => {
  vi.useFakeTimers();
  const [first, second] = browser(2) as [Tab, Tab];
  await first.asks("a");
  first.isFrozen = true;
  const heard: TabSaid[] = [];
  second.elsewhere.events.say = (said) => void heard.push(said);
  const answer = second.elsewhere.call("approval_decide", { approval: "a", allow: true });
  await vi.advanceTimersByTimeAsync(ANSWER_MS_MAX);
  expect(await answer).toMatchObject({ ok: false, error: { code: "BUSY" } });
  for (const said of heard) await first.elsewhere.hear(1, said);
  expect(first.approvals).toHaveLength(1);
});

test("no other tool is called for another tab", async () => {
  const [first] = browser(2) as [Tab, Tab];
  await first.asks("a");
  await first.elsewhere.hear(1, { ask: 1, name: "delete", input: { approval: "a" }, untilMs: Date.now() + 1_000 });
  expect(first.approvals).toHaveLength(1);
  expect(first.decided).toEqual([]);
});
