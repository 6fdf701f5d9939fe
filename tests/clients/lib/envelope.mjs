// Envelopes of runs by Sigstore's library, which knows nothing of us.

import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { crypto, dsse } from '@sigstore/core';

/** The SHA-256 of bytes or a text, in hexadecimal. */
export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** An envelope's statement, as far as a stranger's program believes it: the key is made of what the statement names. */
export function read(bytes) {
  const envelope = JSON.parse(bytes);
  const payload = Buffer.from(envelope.payload, 'base64');
  const statement = JSON.parse(payload);
  const der = Buffer.concat([
    Buffer.from('302a300506032b6570032100', 'hex'),
    Buffer.from(statement.predicate.signer.publicKey, 'base64'),
  ]);
  const [signature] = envelope.signatures;
  assert.equal(sha256(der), signature.keyid);
  const pem = `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----\n`;
  const signed = dsse.preAuthEncoding(envelope.payloadType, payload);
  const fits = crypto.verify(signed, crypto.createPublicKey(pem), Buffer.from(signature.sig, 'base64'));
  return { fits, statement, pem, signed, signature: signature.sig };
}
