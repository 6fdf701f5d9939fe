import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { toBase64 } from '../src/lib/base64';
import { BEFORE_SHARED } from '../src/lib/devices.svelte';
import type { Decision, RunRecord, RunStatus, Verdict } from '../src/lib/tools';
import { askerWords, envelopeOf, preAuthentication, readEnvelope, type Asker } from '../src/timeline/envelope';
import { soFar, took, waitedMs } from '../src/lib/waited';
import { gateOf, stepsOf } from '../src/timeline/steps';

const RECORD = {
  status: 'succeeded', startedMs: 1_000, durationMs: 90, usage: { cpuMs: 12, wallMs: 40 }, grant: { read: [], write: [], net: [], tools: [] },
  changes: [{ op: 'write', path: 'a', hash: '', size: 1 }, { op: 'write', path: 'a', hash: '', size: 2 }, { op: 'mkdir', path: 'b' }], diagnostics: [], headsOut: ['h'], dryRun: false,
} as unknown as RunRecord;
const SEEN = [{ status: 'queued', atMs: 1_001 }, { status: 'running', atMs: 1_050 }, { status: 'succeeded', atMs: 1_090 }] as const;
const said = (record: Partial<RunRecord>, seen: Parameters<typeof stepsOf>[1] = []) => Object.fromEntries(stepsOf({ ...RECORD, ...record }, seen).map(({ id, tone, text, time }) => [id, [tone, text, time]]));

test('a run that landed is told from the queue to its change, with the times that are known', () => {
  expect(said({}, SEEN)).toEqual({ queue: ['good', 'to be run', '50 ms'], lint: ['good', 'nothing to say', undefined], decide: ['good', 'no policy asked; no network', undefined], run: ['good', '12 ms of computing', '40 ms'], land: ['good', 'one change to 2 files', undefined] });
  expect(said({})['queue']).toEqual(['good', 'to be run', undefined]);
});

test('what kept a run from landing is told where it happened', () => {
  const failed = said({ status: 'failed', error: { code: 'QUOTA_CPU', message: '' }, headsOut: [] }, [{ status: 'asking', atMs: 1 }, { status: 'running', atMs: 2 }, { status: 'asking', atMs: 3 }]);
  expect([failed['run'], failed['land']]).toEqual([['bad', 'QUOTA_CPU, asked for more 2 times', '40 ms'], ['', 'nothing of it landed', undefined]]);
  expect(said({ status: 'cancelled', headsOut: [] })['run']).toEqual(['warn', 'cancelled', '40 ms']);
  expect(said({ dryRun: true, headsOut: [] })['land']).toEqual(['', 'a dry run keeps nothing; it would have changed 2 files', undefined]);
  expect(said({ changes: [], headsOut: [] })['land']).toEqual(['good', 'it changed no files', undefined]);
  expect(said({ diagnostics: [{ severity: 'warning' }, { severity: 'info' }, { severity: 'info' }] as never })['lint']).toEqual(['warn', '1 warning, 2 remarks', undefined]);
});

test('decisions are counted, and those against it stand out', () => {
  const one = (verdict: string) => ({ verdict, atMs: 1, who: 'run r', what: 'write a', reason: 'rule 1' });
  expect(said({ decisions: [one('allowed'), one('asked'), one('approved')] as never })['decide']).toEqual(['good', '3 decisions, 1 by asking', undefined]);
  expect(said({ decisions: [one('asked'), one('refused')] as never })['decide']).toEqual(['bad', '2 decisions, 1 by asking, 1 against it', undefined]);
  expect(said({ grant: { read: [], write: [], net: ['a.example'], tools: ['ls', 'read'] } })['decide']).toEqual(['good', 'no policy asked; granted 1 domain and 2 tools', undefined]);
});

test('the time of a run is told without what it waited for persons, and beside it', () => {
  const one = (verdict: Verdict, atMs: number, what = 'write a', digest: string | undefined = 'd'): Decision => ({ verdict, atMs, who: 'run r', what, reason: '', ...(digest ? { digest } : {}) });
  expect(took({ durationMs: 1_200 })).toBe('1.2 s');
  const start = [one('asked', 1_000), one('approved', 41_000)];
  expect(took({ durationMs: 41_200, decisions: start })).toBe('1.2 s, waited 40 s for approval');
  expect(waitedMs([one('asked', 1), one('asked', 5, 'write b'), one('refused', 9, 'write b'), one('expired', 11), one('asked', 20), one('approved', 22)]), 'what waits at one time counts once').toBe(12);
  expect(waitedMs([one('asked', 1, 'write a', 'd'), one('approved', 5, 'write a', 'e')]), 'others changed the file meanwhile').toBe(4);
  expect(waitedMs([one('asked', 1, 'write a', ''), one('asked', 2), one('denied', 3)]), 'a dry run asks nobody, and what is not answered is not over').toBe(0);
  const steps = said({ startedMs: 900, decisions: [...start, one('asked', 50_000), one('approved', 51_000)] }, [{ status: 'waiting', atMs: 1_000 }, { status: 'running', atMs: 41_150 }]);
  expect([steps['queue']?.[2], steps['decide']?.[2], steps['run']?.[2]]).toEqual(['250 ms', 'waited 41 s', '40 ms']);
});

test('a person is waited for before a run, by a call in the middle of it, or before what it did lands', () => {
  const asked = (changes: number) => ({ changes: Array.from({ length: changes }) }) as never;
  expect(gateOf({ status: 'waiting', seen: [] }, asked(0))).toBe('decide');
  expect(gateOf({ status: 'waiting', seen: [] }, asked(1))).toBe('land');
  expect(gateOf({ status: 'waiting', seen: SEEN }, undefined)).toBe('land');
  expect(gateOf({ status: 'running', seen: SEEN }, asked(1))).toBe('run');
  expect(gateOf({ status: 'running', seen: SEEN }, undefined)).toBeUndefined();
});

test('a run that is not over shows what it went through, where it is, and what is to come', () => {
  const live = (now: Parameters<typeof stepsOf>[2]) => stepsOf({ ...RECORD, changes: [], headsOut: [] }, [], now).map(({ id, tone, text }) => `${id}: ${tone} ${text}`);
  expect(live({ status: 'queued' })).toEqual(['queue: accent waits for its turn', 'lint: good nothing to say', 'decide: good no policy asked; no network', 'run:  not yet', 'land:  not yet']);
  expect(live({ status: 'waiting', gate: 'decide' })).toEqual(['queue:  not yet', 'lint: good nothing to say', 'decide: warn waits for a person', 'run:  not yet', 'land:  not yet']);
  expect(live({ status: 'running', progress: { done: 2, total: 9, label: 'Reading' } })[3]).toBe('run: accent goes on: Reading 2 of 9');
  expect(live({ status: 'waiting', gate: 'land' }).slice(3)).toEqual(['run: good it is over, and nothing of it has landed', 'land: warn waits for a person']);
});

const HASH = 'ab'.repeat(32);
const BESIDE = { record: 'runs/a/r.json', hash: HASH, run: 'r' };

async function signed(change: (statement: { predicate: { signer: { keyid: string; publicKey: string } } }) => void = () => undefined) {
  const keys = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
  const publicKey = toBase64(new Uint8Array(await crypto.subtle.exportKey('raw', keys.publicKey)));
  const keyid = createHash('sha256').update(new Uint8Array(await crypto.subtle.exportKey('spki', keys.publicKey))).digest('hex');
  const statement = { subject: [{ name: 'runs/a/r.json', digest: { sha256: HASH } }], predicateType: 'urn:selvage:run:v1', predicate: { run: 'r', askedBy: { kind: 'agent', name: 'WebMCP' }, signer: { keyid, publicKey }, chain: { number: 3 } } };
  change(statement);
  const payload = new TextEncoder().encode(JSON.stringify(statement));
  const sig = toBase64(new Uint8Array(await crypto.subtle.sign('Ed25519', keys.privateKey, preAuthentication(payload))));
  return { keyid, envelope: { payload: toBase64(payload), payloadType: 'application/vnd.in-toto+json', signatures: [{ keyid, sig }] } };
}

test('an envelope vouches for the record whose hash it signed, of its run and in its place, and for no other', async () => {
  expect(envelopeOf('runs/a/r.json')).toBe('runs/a/r.dsse.json');
  const { keyid, envelope } = await signed();
  const text = JSON.stringify(envelope);
  expect(await readEnvelope(text, BESIDE)).toEqual({ state: 'good', keyid, number: 3, askedBy: { kind: 'agent', name: 'WebMCP' } });
  const state = async (other: Partial<typeof BESIDE>) => (await readEnvelope(text, { ...BESIDE, ...other }))?.state;
  expect(await state({ hash: 'cd'.repeat(32) })).toBe('record');
  expect(await state({ run: 'q' })).toBe('record');
  // Whoever copies a record copies the envelope with it.
  expect(await state({ record: 'runs/a/q.json' })).toBe('copy');
});

test('who asked for a run reads as a sentence ends, whatever kind of origin it was', () => {
  const words = (kind: Asker['kind'], name: string, maker = name) => askerWords({ kind, name }, maker);
  expect([words('person', 'you'), words('person', 'Ada’s phone'), words('person', 'Ada’s phone', 'you'), words('person', 'person'), words('person', 'you', BEFORE_SHARED)]).toEqual(['by you', 'by Ada’s phone', 'by you', 'by a person', 'before it was shared']);
  expect([words('agent', 'WebMCP'), words('agent', 'agent'), words('run', 'r-12'), words('system', 'selvage'), words('peer', 'mirror'), words('peer', '')]).toEqual(['by the agent WebMCP', 'by an agent', 'by the run r-12', 'by Selvage itself', 'by the program mirror', 'by a program']);
});

test('a payload, a signature or a name of a key that was changed is found', async () => {
  const { envelope } = await signed();
  const { envelope: another } = await signed();
  for (const forged of [{ ...envelope, payload: another.payload }, { ...envelope, signatures: another.signatures }, { ...envelope, signatures: [] }]) expect((await readEnvelope(JSON.stringify(forged), BESIDE))?.state).toBe('signature');
  const { envelope: misnamed } = await signed(({ predicate }) => (predicate.signer.keyid = HASH));
  expect((await readEnvelope(JSON.stringify(misnamed), BESIDE))?.state).toBe('signature');
  const { envelope: keyless } = await signed(({ predicate }) => (predicate.signer.publicKey = ''));
  expect((await readEnvelope(JSON.stringify(keyless), BESIDE))?.state).toBe('signature');
  for (const text of ['', '{}', 'null', JSON.stringify({ ...envelope, payloadType: 'text/plain' }), JSON.stringify({ ...envelope, payload: '%' })]) expect(await readEnvelope(text, BESIDE)).toBeUndefined();
});

test('an envelope that the engine’s own signing made is believed, and one of another record is not', async () => {
  const fixture = (name: string) => readFileSync(new URL(`../../crates/provenance/tests/fixtures/${name}`, import.meta.url), 'utf8');
  const hash = createHash('sha256').update(fixture('record.json')).digest('hex');
  const { run, startedMs } = JSON.parse(fixture('record.json')) as RunRecord;
  const record = `runs/rates/${new Date(startedMs).toISOString().replaceAll(':', '-')}-${run}.json`;
  const vouched = await readEnvelope(fixture('run.dsse.json'), { record, hash, run });
  expect(vouched?.state).toBe('good');
  expect(vouched?.keyid).toMatch(/^[0-9a-f]{64}$/);
  expect((await readEnvelope(fixture('run.dsse.json'), { record, hash: HASH, run }))?.state).toBe('record');
  expect((await readEnvelope(fixture('run.dsse.json'), { record: `runs/rates/${run}.json`, hash, run }))?.state).toBe('copy');
});

test('a run that goes on tells for how long so far, apart from what it waits', () => {
  const seen = (...states: [status: RunStatus, sinceMs: number][]) => states.map(([status, sinceMs]) => ({ status, atMs: 0, sinceMs }));
  const plain = seen(['queued', 5_000], ['running', 5_400]);
  expect([5_100, 5_999, 6_000, 7_999, 130_000].map((now) => soFar(plain, now))).toEqual(['', '', '1 s', '2 s', '2 min 5 s']);
  expect(soFar(plain, 4_000), 'it was seen after the last look at the clock').toBe('');
  const waits = seen(['running', 0], ['waiting', 2_500]);
  expect([3_000, 12_600].map((now) => soFar(waits, now)), 'its clock stands still').toEqual(['2 s', '2 s, waited 10 s for approval']);
  expect(soFar([...waits, ...seen(['running', 42_500], ['asking', 43_000])], 45_000)).toBe('5 s, waited 40 s for approval');
  expect(soFar(seen(['waiting', 0]), 1_000)).toBe('waited 1 s for approval');
  expect(soFar([], 9_000)).toBe('');
});
