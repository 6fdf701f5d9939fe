//: value [[195, 188, 240, 159, 152, 128], "ü😀", "\ufffd", "TypeError", "😀", "x", "\ufeffx", "aMO8", "hé", true]
const encoder = new TextEncoder(), decoder = new TextDecoder();
const bytes = encoder.encode("ü😀");
let fatal;
try { new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array([255])); } catch (error) { fatal = error.name; }
const stream = new TextDecoder();
const parts = stream.decode(bytes.subarray(2, 4), { stream: true }) + stream.decode(bytes.subarray(4));
const bom = new Uint8Array([0xef, 0xbb, 0xbf, 120]);
[[...bytes], decoder.decode(bytes.buffer), new TextDecoder().decode(new Uint8Array([255])), fatal, parts, new TextDecoder().decode(bom),
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(bom), btoa(String.fromCharCode(104, 195, 188)), atob(btoa("hé")), encoder.encode().length === 0];
