import { expect, test } from "vitest";
import { checksum } from "./images.ts";

const bytes = Uint8Array.from({ length: 4_099 }, (_, at) => (at * 31) % 256);

test("a checksum is that of the bytes, and of no others", () => {
  const sum = checksum(bytes);
  expect(checksum(bytes.slice())).toBe(sum);
  for (const at of [0, 1_000, 4_095, 4_096, 4_098]) {
    const damaged = bytes.slice();
    damaged[at]! ^= 1;
    expect(checksum(damaged), `byte ${at}`).not.toBe(sum);
  }
  expect(checksum(bytes.slice(0, -1))).not.toBe(sum);
  expect(checksum(new Uint8Array(8))).not.toBe(checksum(new Uint8Array(4)));
});

test("two words that changed places are seen", () => {
  expect(checksum(Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0))).not.toBe(checksum(Uint8Array.of(2, 0, 0, 0, 1, 0, 0, 0)));
});
