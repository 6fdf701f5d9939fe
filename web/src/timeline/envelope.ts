// Who vouches for a run's record: the envelope beside it (docs/provenance.md), read and checked with the browser's own
// cryptography, apart from the engine that wrote it.

import { fromBase64 } from '../lib/base64';
import { BEFORE_SHARED } from '../lib/devices.svelte';
import type { HistoryChange } from '../lib/tools';

const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
const PREDICATE_TYPE = 'urn:selvage:run:v1';

/** What the envelope says, and whether to believe that it says so. */
export interface Vouched {
  /** `good`: the signature fits, and so does the record. `copy`: both are those of another place. `unchecked`: this browser can't tell. */
  state: 'good' | 'signature' | 'record' | 'copy' | 'unchecked';
  keyid: string;
  number: number;
  askedBy: Asker;
}

/** Who asked for a run, as the engine tells who makes changes. */
export type Asker = HistoryChange['origin'];

interface Statement {
  /** The record is the first. */
  subject: { name: string; digest: { sha256: string } }[];
  predicateType: string;
  predicate: { run: string; askedBy: Asker; signer: { keyid: string; publicKey: string }; chain: { number: number } };
}

const ASKERS: Partial<Record<string, string>> = { person: 'person', agent: 'agent', run: 'run', peer: 'program' };

/** Who asked for a run, as a sentence ends with it. `maker` is what this device calls who it was. */
export function askerWords({ kind, name }: Asker, maker: string): string {
  if (kind === 'system') return 'by Selvage itself';
  const what = ASKERS[kind] ?? kind;
  // Who has no name of its own is told by its kind.
  if (name === '' || name === kind) return `by ${what === 'agent' ? 'an' : 'a'} ${what}`;
  if (kind === 'person') return maker === BEFORE_SHARED ? maker : `by ${maker}`;
  return `by the ${what} ${maker}`;
}

/** Where the envelope of a record lies. */
export const envelopeOf = (record: string): string => record.replace(/\.json$/, '.dsse.json');

/** A record as it lies in the workspace: its path, its hash, and the run that it is of. */
export interface Lying {
  record: string;
  hash: string;
  run: string;
}

/** Reads an envelope, and holds it against the record beside it. Nothing where the text is no envelope of a run. */
export async function readEnvelope(text: string, beside: Lying): Promise<Vouched | undefined> {
  try {
    const envelope = JSON.parse(text) as { payload: string; payloadType: string; signatures: { sig: string }[] };
    const payload = fromBase64(envelope.payload);
    const statement = JSON.parse(new TextDecoder().decode(payload)) as Statement;
    const { askedBy, signer, chain } = statement.predicate;
    if (envelope.payloadType !== PAYLOAD_TYPE || statement.predicateType !== PREDICATE_TYPE) return undefined;
    const signed = await fits(fromBase64(signer.publicKey), signer.keyid, fromBase64(envelope.signatures[0]?.sig ?? ''), payload);
    const state = signed === undefined ? 'unchecked' : signed ? about(statement, beside) : 'signature';
    return { state, keyid: signer.keyid, number: chain.number, askedBy };
  } catch {
    return undefined;
  }
}

/** Whether a statement is about a record: its bytes, the run that it is of, and its place. A copy has the first two alone. */
function about({ subject: [signed], predicate }: Statement, { record, hash, run }: Lying): 'good' | 'record' | 'copy' {
  if (signed?.digest.sha256 !== hash || predicate.run !== run) return 'record';
  return signed.name === record ? 'good' : 'copy';
}

/** Whether the key made the signature and has that name; nothing where the browser does not know such keys. */
async function fits(publicKey: Uint8Array<ArrayBuffer>, keyid: string, signature: Uint8Array<ArrayBuffer>, payload: Uint8Array): Promise<boolean | undefined> {
  let key: CryptoKey;
  try {
    key = await crypto.subtle.importKey('raw', publicKey, 'Ed25519', true, ['verify']);
  } catch (error) {
    return error instanceof DOMException && error.name === 'NotSupportedError' ? undefined : false;
  }
  const named = await crypto.subtle.digest('SHA-256', await crypto.subtle.exportKey('spki', key));
  const hex = [...new Uint8Array(named)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex === keyid && crypto.subtle.verify('Ed25519', key, signature, preAuthentication(payload));
}

/** What DSSE signs of a payload. */
export function preAuthentication(payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `);
  const all = new Uint8Array(head.length + payload.length);
  all.set(head);
  all.set(payload, head.length);
  return all;
}
