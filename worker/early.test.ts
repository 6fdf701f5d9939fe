import { expect, test } from "vitest";
import type { ToKernel } from "./client-messages.ts";
import { Early } from "./early.ts";

test("messages wait in order until the workspace is open, and the page says when it listens", async () => {
  const early = new Early();
  const call = (id: number): ToKernel => ({ type: "call", id, name: "ls", input: {} });
  expect([early.keeps({ type: "runAt", place: null }), early.keeps(call(1)), early.keeps({ type: "listens" })]).toEqual([true, true, true]);
  await early.listened;
  expect(early.end()).toEqual([{ type: "runAt", place: null }, call(1)]);
  expect([early.keeps(call(2)), early.end()]).toEqual([false, []]);
});

test("nobody is told that the page listens before it does", async () => {
  const early = new Early();
  early.keeps({ type: "runAt", place: null });
  expect(await Promise.race([early.listened.then(() => "listens"), Promise.resolve("waits")])).toBe("waits");
});
