// A run in the tab is vouched for: beside its record lies an envelope, signed by this device's key, that other people's tools verify.

import { strict as assert } from 'node:assert';
import { read, sha256 } from '../clients/lib/envelope.mjs';
import { inBothBrowsers } from './lib/python.mjs';
import { openWorkbench, value } from './lib/workbench.mjs';

const FLOW = 'export default async (flow) => {\n  await flow.fs.write("out/a.txt", "made\\n");\n};\n';

async function journey({ page, server }) {
  await openWorkbench(page, server.url);
  await value(page, 'write', { path: 'flows/make.flow.js', content: FLOW });
  const runs = [];
  for (let index = 0; index < 3; index++) runs.push(await value(page, 'run_flow', { path: 'flows/make.flow.js' }));
  const envelopes = [];
  for (const { record, run } of runs) {
    const [kept, envelope] = [await value(page, 'read', { path: record }), await value(page, 'read', { path: record.replace(/json$/, 'dsse.json') })];
    const { fits, statement } = read(envelope.content);
    assert.ok(fits, 'the signature is over these bytes, by the key that the statement names');
    assert.equal(statement.predicate.run, run);
    assert.equal(statement.predicate.askedBy.kind, 'agent');
    assert.deepEqual(statement.subject.map(({ digest }) => digest.sha256), [sha256(kept.content), sha256('made\n')].slice(0, statement.subject.length));
    envelopes.push({ content: envelope.content, chain: statement.predicate.chain, keyid: statement.predicate.signer.keyid });
  }
  assert.deepEqual(envelopes.map(({ chain }) => chain.number), [0, 1, 2]);
  for (const at of [1, 2]) assert.equal(envelopes[at].chain.previous, sha256(envelopes[at - 1].content), 'each names the one before');
  assert.equal(new Set(envelopes.map(({ keyid }) => keyid)).size, 1);

  await page.reload();
  const { record } = await value(page, 'run_flow', { path: 'flows/make.flow.js' });
  const later = read((await value(page, 'read', { path: record.replace(/json$/, 'dsse.json') })).content);
  assert.equal(later.statement.predicate.signer.keyid, envelopes[0].keyid, 'the device keeps its key');
  assert.equal(later.statement.predicate.chain.previous, sha256(envelopes[2].content), 'a new chain begins at the end of the one before');
}

inBothBrowsers('runs in the tab are signed with the key of the device, each naming the one before', journey);
