import { expect, test } from "vitest";
import { joined } from "./reports.ts";

const logged = (...texts: string[]) => JSON.stringify({ kind: "logged", entries: texts.map((text) => ({ text })) });
const progressed = '{"kind":"progressed","progress":{"done":1}}';

test("entries of a log that follow each other are one report, and all else stays in its order", () => {
  expect(joined([])).toEqual([]);
  expect(joined([progressed])).toEqual([progressed]);
  expect(joined([logged("a"), logged("b", "c"), progressed, logged("grün \u2028"), progressed, progressed])).toEqual([logged("a", "b", "c"), progressed, logged("grün \u2028"), progressed, progressed]);
});

test("a flow that logs much is a few reports", () => {
  const much = Array.from({ length: 30_000 }, (_, line) => logged(`line ${line}`));
  const all = joined(much);
  expect(all).toHaveLength(1);
  expect((JSON.parse(all[0]!) as { entries: unknown[] }).entries).toHaveLength(30_000);
});
