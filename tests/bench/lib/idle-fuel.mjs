// Gives a guest that does not count the global that its host sets, so that the same host can run it.

const GLOBALS = 6;
const EXPORTS = 7;
const IMPORTS = 2;
const GLOBAL_KIND = 3;

/** The module with one more global, a mutable `i64`, exported as `fuel`. Nothing reads it. */
export function withIdleFuel(wasm) {
  const sections = [...read(wasm)];
  const [globals, exports] = [GLOBALS, EXPORTS].map((id) => sections.find((section) => section.id === id));
  if (!globals || !exports) throw new Error('a guest has globals and exports');
  const [count, at] = number(globals.body, 0);
  const index = importedGlobals(sections.find((section) => section.id === IMPORTS)?.body) + count;
  // i64, mutable, i64.const 0, end.
  globals.body = Buffer.concat([encode(count + 1), globals.body.subarray(at), Buffer.from([0x7e, 0x01, 0x42, 0x00, 0x0b])]);
  const [exported, rest] = number(exports.body, 0);
  const name = Buffer.from('fuel');
  exports.body = Buffer.concat([encode(exported + 1), exports.body.subarray(rest), encode(name.length), name, Buffer.from([GLOBAL_KIND]), encode(index)]);
  return Buffer.concat([wasm.subarray(0, 8), ...sections.flatMap(({ id, body }) => [Buffer.from([id]), encode(body.length), body])]);
}

function* read(wasm) {
  for (let at = 8; at < wasm.length; ) {
    const id = wasm[at];
    const [length, start] = number(wasm, at + 1);
    at = start + length;
    yield { id, body: wasm.subarray(start, at) };
  }
}

function importedGlobals(body) {
  if (!body) return 0;
  let [count, at] = number(body, 0);
  let globals = 0;
  const skipLimits = () => {
    const flags = body[at];
    at = number(body, at + 1)[1];
    if (flags & 1) at = number(body, at)[1];
  };
  for (; count > 0; count -= 1) {
    for (let names = 0; names < 2; names += 1) {
      const [length, start] = number(body, at);
      at = start + length;
    }
    const kind = body[at++];
    if (kind === 0) at = number(body, at)[1];
    else if (kind === 1) at += 1;
    if (kind === 1 || kind === 2) skipLimits();
    if (kind === GLOBAL_KIND) [at, globals] = [at + 2, globals + 1];
  }
  return globals;
}

/** Reads an unsigned LEB128 number: its value, and where it ends. */
function number(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at];
  }
}

function encode(value) {
  const bytes = [];
  do {
    bytes.push((value % 128) + (value >= 128 ? 128 : 0));
    value = Math.floor(value / 128);
  } while (value > 0);
  return Buffer.from(bytes);
}
