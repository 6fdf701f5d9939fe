// Envelopes of runs as other people's programs read them: the DSSE of Sigstore's library for Node, and OpenSSL by way of Python.

import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from '../browser/lib/suite.mjs';
import { read, sha256 } from './lib/envelope.mjs';

const fixture = (name) => readFileSync(new URL(`../../crates/provenance/tests/fixtures/${name}`, import.meta.url));

test("Sigstore's DSSE verifies an envelope, and none whose statement was changed", () => {
  const whole = read(fixture('run.dsse.json'));
  assert.ok(whole.fits);
  assert.equal(whole.statement._type, 'https://in-toto.io/Statement/v1');
  const [record] = whole.statement.subject;
  assert.equal(record.digest.sha256, sha256(fixture('record.json')));

  const bent = JSON.parse(fixture('run.dsse.json'));
  const payload = Buffer.from(bent.payload, 'base64').toString();
  assert.ok(payload.includes('"dryRun":false'));
  bent.payload = Buffer.from(payload.replace('"dryRun":false', '"dryRun":true')).toString('base64');
  assert.ok(!read(JSON.stringify(bent)).fits);
});

const PYTHON = `
import base64, json, sys
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_public_key
given = json.load(sys.stdin)
key = load_pem_public_key(given["pem"].encode())
envelope = given["envelope"]
payload = base64.b64decode(envelope["payload"])
kind = envelope["payloadType"].encode()
pae = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
signature = base64.b64decode(envelope["signatures"][0]["sig"])
key.verify(signature, pae)
try:
    key.verify(signature, pae + b" ")
except InvalidSignature:
    print(json.loads(payload)["predicateType"])
`;

test("Python's cryptography verifies it, too", () => {
  const envelope = JSON.parse(fixture('run.dsse.json'));
  const input = JSON.stringify({ envelope, pem: read(fixture('run.dsse.json')).pem });
  const { stdout, stderr, error } = spawnSync('python3', ['-c', PYTHON], { input, encoding: 'utf8' });
  assert.ok(!error && !/No module named 'cryptography'/.test(stderr), 'there is no Python with `cryptography`: install python3-cryptography, or run `pip install cryptography`');
  assert.equal(stdout.trim(), 'urn:selvage:run:v1', stderr);
});
