// What some crates take up of a wasm program: the program compressed, less the same without their functions.

import { brotliCompressSync, constants } from 'node:zlib';

function leb(bytes, at) {
  let [value, shift, byte] = [0, 0, 0x80];
  for (; byte & 0x80; shift += 7) {
    byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
  }
  return [value, at];
}

/** The sections of a program: id, and where its content begins and ends. */
function* sections(bytes) {
  for (let at = 8; at < bytes.length; ) {
    const id = bytes[at];
    const [size, start] = leb(bytes, at + 1);
    yield [id, start, start + size];
    at = start + size;
  }
}

/** Names of functions by number, from the name section. */
function functionNames(bytes) {
  const names = new Map();
  for (const [id, start, end] of sections(bytes)) {
    if (id !== 0) continue;
    let [size, at] = leb(bytes, start);
    if (bytes.toString('latin1', at, at + size) !== 'name') continue;
    at += size;
    while (at < end) {
      const kind = bytes[at];
      const [length, from] = leb(bytes, at + 1);
      at = from + length;
      if (kind !== 1) continue;
      let [count, place] = leb(bytes, from);
      while (count-- > 0) {
        const [number, next] = leb(bytes, place);
        const [size, text] = leb(bytes, next);
        names.set(number, bytes.toString('latin1', text, text + size));
        place = text + size;
      }
    }
  }
  return names;
}

/** The crates that a mangled name (Rust's `v0`) speaks of: each is `Cs`, a hash, its length and its name. */
const cratesOf = (name) => [...name.matchAll(/Cs[0-9A-Za-z]+_(\d+)_?([a-z_0-9]+)/g)].map(([, length, text]) => text.slice(0, Number(length)));

/** Kilobytes after brotli that the functions of these crates take, generic ones that they made others make included. */
export function weigh(bytes, crates) {
  const names = functionNames(bytes);
  const imports = Math.min(...[...names].filter(([, name]) => !/^(__wbg|__wbindgen_(?!describe))/.test(name)).map(([number]) => number));
  const [, start, end] = [...sections(bytes)].find(([id]) => id === 10);
  let [count, at] = leb(bytes, start);
  const rest = [bytes.subarray(0, at)];
  for (let number = imports; count-- > 0; number += 1) {
    const [size, from] = leb(bytes, at);
    if (!cratesOf(names.get(number) ?? '').some((name) => crates.includes(name))) rest.push(bytes.subarray(at, from + size));
    at = from + size;
  }
  rest.push(bytes.subarray(end));
  const compressed = (data) => brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 } }).length;
  const plain = (data) => compressed(data) / 1000;
  return plain(bytes) - plain(Buffer.concat(rest));
}
