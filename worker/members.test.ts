import { describe, expect, test } from "vitest";
import { members } from "./members.ts";

describe("members", () => {
  test("stay as they were written, whatever JavaScript makes of their numbers", () => {
    const text = '{"news":"finished","outcome":{"value":[12345678901234567890,-0,1e400,1.0]}, "written" : [] }';
    expect([...members(text)]).toEqual([
      ["news", '"finished"'],
      ["outcome", '{"value":[12345678901234567890,-0,1e400,1.0]}'],
      ["written", "[]"],
    ]);
  });

  test("end where they end, and not at marks within strings", () => {
    const values = ["}", ",", '"', "\\", '\\"', "{[", "a\\\\", "\u2028", ":", { "}": ['"]'] }, [[], {}], null, true, -1.5];
    for (const value of values) {
      const written = JSON.stringify(value);
      const text = JSON.stringify({ "a,}": 1, 'b"\\': value, c: [value] });
      expect([...members(text)]).toEqual([["a,}", "1"], ['b"\\', written], ["c", `[${written}]`]]);
    }
  });

  test("of random objects are what JSON.parse finds", () => {
    const seed = Date.now() % 1_000_000;
    let state = seed;
    const random = (below: number) => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
    const value = (depth: number): unknown =>
      [() => random(100), () => '"\\{}[],: '.repeat(random(3)).slice(random(9)), () => Array.from({ length: random(3) }, () => value(depth + 1)), () => Object.fromEntries(Array.from({ length: random(3) }, () => [`\\"${random(9)}}`, value(depth + 1)]))][random(depth > 4 ? 2 : 4)]?.();
    for (let round = 0; round < 500; round += 1) {
      const object = { a: value(0), 'b"': value(0), c: value(0) };
      const found = members(JSON.stringify(object, null, random(3)));
      expect(Object.fromEntries([...found].map(([name, text]) => [name, JSON.parse(text)])), `seed ${seed}`).toEqual(object);
    }
  });

  test("of nothing are none", () => expect(members("{}").size).toBe(0));
});
