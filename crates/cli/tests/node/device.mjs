// A device that shares no code with the relay: Node's own Ed25519, and `ws` from npm.
// It enters a room, leaves a letter, reads one, and says what it got, one line each.
//
//     node device.mjs <host:port>

import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import WebSocket from "ws";

const audience = process.argv[2];
const room = Buffer.alloc(32, 1);
const device = Buffer.alloc(32, 77);
// A private key in its PKCS #8 form is this prefix and the 32 secret bytes (RFC 8410).
const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.alloc(32, 9)]);
const privateKey = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
const publicKey = createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(-32);
const letter = createHash("sha256").update("a letter").digest().subarray(0, 16);

const socket = new WebSocket(`ws://${audience}/relay`);
const say = (kind, ...parts) => socket.send(Buffer.concat([Buffer.from([kind]), ...parts]));

socket.on("open", () => say(0, Buffer.from([1]), room, device));
socket.on("message", (message) => {
  const [kind, body] = [message[0], message.subarray(1)];
  if (kind === 32) {
    const purpose = Buffer.from("selvage-relay 1 enter\0");
    const signed = Buffer.concat([purpose, body, room, device, Buffer.from(audience)]);
    say(1, publicKey, sign(null, signed, privateKey));
  } else if (kind === 33) {
    console.log("welcome", "keeps", body[16]);
    say(7, Buffer.from([0]));
    say(4, letter, Buffer.from("from node"));
  } else if (kind === 41) {
    console.log("letter", body[0], body.subarray(17).toString());
  } else if (kind === 38) {
    console.log("appended", body.subarray(0, 16).equals(letter), body[16]);
    socket.close();
  }
});
socket.on("close", (code, reason) => console.log("closed", code, reason.toString()));
socket.on("error", (error) => {
  console.error(error);
  process.exitCode = 1;
});
