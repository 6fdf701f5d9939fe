import { expect, test } from "vitest";
import { CALL_TEXT_CHARS_MAX, Calls, type CallBegan, type CallEnded } from "./calls.ts";

function watched() {
  const told: (CallBegan | CallEnded)[] = [];
  let now = 1_000;
  const calls = new Calls((event) => told.push(event), () => (now += 5));
  return { told, calls };
}

test("a call is told when it begins and when it is answered, with what its value names", () => {
  const { told, calls } = watched();
  calls.began(7, "WebMCP", "run_flow", '{"path":"a.flow.js"}');
  calls.ended(7, { ok: true, value: { path: "a.flow.js", run: "r", record: "runs/a/r.json", logs: [] } });
  expect(told).toEqual([
    { kind: "call", call: 7, agent: "WebMCP", name: "run_flow", atMs: 1_005, input: '{"path":"a.flow.js"}' },
    { kind: "called", call: 7, ok: true, durationMs: 5, answer: '{"path":"a.flow.js","run":"r","record":"runs/a/r.json","logs":[]}', path: "a.flow.js", run: "r", record: "runs/a/r.json" },
  ]);
});

test("an error is told as it is, and a value without parts is no mistake", () => {
  const { told, calls } = watched();
  for (const [call, result] of [[1, { ok: false, error: { code: "NOT_FOUND", message: "There is none." } }], [2, { ok: true, value: null }], [3, { ok: true, value: 4 }]] as const) {
    calls.began(call, "page", "read", "null");
    calls.ended(call, result);
  }
  expect(told.filter((one) => one.kind === "called").map((one) => [one.ok, one.answer])).toEqual([[false, '{"code":"NOT_FOUND","message":"There is none."}'], [true, "null"], [true, "4"]]);
});

test("answers of the person’s own calls are not told, and no answer twice", () => {
  const { told, calls } = watched();
  calls.ended(1, { ok: true, value: {} });
  calls.began(2, "page", "ls", "{}");
  calls.ended(2, { ok: true, value: {} });
  calls.ended(2, { ok: true, value: {} });
  expect(told).toHaveLength(2);
});

test("long inputs, answers and names are cut", () => {
  const { told, calls } = watched();
  const long = "x".repeat(CALL_TEXT_CHARS_MAX + 1);
  calls.began(1, long, long, JSON.stringify(long));
  calls.ended(1, { ok: true, value: long });
  const [began, ended] = told as [CallBegan, CallEnded];
  for (const text of [began.agent, began.name, began.input, ended.answer]) expect(text.length).toBeLessThanOrEqual(CALL_TEXT_CHARS_MAX + 1);
  expect(began.input.endsWith("…") && ended.answer.endsWith("…")).toBe(true);
});
